// What the kernel and glibc offer and Swift's Glibc module hides: declarations behind _GNU_SOURCE,
// flags that Swift imports as enumerations, and Linux's own headers. _GNU_SOURCE itself stays undefined:
// with it, fd_set would have another layout here than in the Glibc module.
#ifndef CLINUX_H
#define CLINUX_H

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sysexits.h>

// Behind _GNU_SOURCE in <sys/socket.h>, <unistd.h> and <string.h>.
extern int accept4(int, struct sockaddr *, socklen_t *, int);
extern int pipe2(int[2], int);
extern const char *strerrorname_np(int);
extern const char *strerrordesc_np(int);

// Newer than the headers of the oldest supported system (linux/in.h).
#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
// TCP_FASTOPEN_CONNECT and TCP_FASTOPEN_NO_COOKIE, Linux 4.11 and 4.15 (linux/tcp.h).
enum { clinux_tcp_fastopen_connect = 30, clinux_tcp_fastopen_no_cookie = 34 };

// include/net/tcp_states.h; TCP_BOUND_INACTIVE (13) exists since Linux 6.8.
enum { CLINUX_TCP_BOUND_INACTIVE = 13 };

static inline uint32_t clinux_epollet(void) { return (uint32_t)EPOLLET; }
static inline uint32_t clinux_epollexclusive(void) { return (uint32_t)EPOLLEXCLUSIVE; }

static inline int clinux_sock_nonblock(void) { return SOCK_NONBLOCK; }
static inline int clinux_sock_cloexec(void) { return SOCK_CLOEXEC; }

/// How many columns a character takes: wcwidth(3), by the locale C.UTF-8 whatever the program's is; 1 where the system does
/// not know it.
int clinux_columns(uint32_t character);

/// Where the numbers of caught signals are written, a byte each.
void clinux_note_signals_in(int descriptor);
/// Catches a signal in that way. Returns as sigaction(2) does.
int clinux_note_signal(int number);
/// Whether a signal that is caught in that way has ever come; of SIGCONT, whether since the last stop.
int clinux_signal_has_come(int number);
/// Does what a signal does that stops a process which does not catch it; nothing where it is ignored, or where the kernel
/// lets it pass because nobody could let the process go on (an orphaned process group). Returns whether SIGCONT, which is
/// caught, has come since.
int clinux_stop_by(int number);

/// An integer option of a socket that another process has open: pidfd_open(2), pidfd_getfd(2), getsockopt(2).
int clinux_socket_option_of(int process, int descriptor, int level, int option, int *value);

/// What ended a connect() by an ICMP error, and who sent that: the newest entry of the socket's error queue, recvmsg(2)
/// with MSG_ERRQUEUE. Returns 1 where there is one (ip(7), struct sock_extended_err), else 0.
int clinux_icmp_error(int descriptor, uint8_t *type, uint8_t *code, struct in_addr *sender);

/// How many segments a TCP socket has sent and received: tcpi_segs_out and tcpi_segs_in of TCP_INFO, which glibc's struct
/// tcp_info does not have. Returns as getsockopt(2) does.
int clinux_segments(int descriptor, uint32_t *sent, uint32_t *received);

/// POLLRDHUP, the peer has shut down its sending side (poll(2)).
static inline short clinux_pollrdhup(void) { return 0x2000; }

#endif
