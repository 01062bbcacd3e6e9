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

// include/net/tcp_states.h; TCP_BOUND_INACTIVE (13) exists since Linux 6.8.
enum { CLINUX_TCP_BOUND_INACTIVE = 13 };

static inline uint32_t clinux_epollet(void) { return (uint32_t)EPOLLET; }
static inline uint32_t clinux_epollexclusive(void) { return (uint32_t)EPOLLEXCLUSIVE; }

static inline int clinux_sock_nonblock(void) { return SOCK_NONBLOCK; }
static inline int clinux_sock_cloexec(void) { return SOCK_CLOEXEC; }

/// Where the numbers of caught signals are written, a byte each.
void clinux_note_signals_in(int descriptor);
/// Catches a signal in that way. Returns as sigaction(2) does.
int clinux_note_signal(int number);

/// POLLRDHUP, the peer has shut down its sending side (poll(2)).
static inline short clinux_pollrdhup(void) { return 0x2000; }

#endif
