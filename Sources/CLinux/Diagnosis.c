// In C for <linux/errqueue.h>, and for <linux/tcp.h>, whose struct tcp_info is longer than glibc's and has the same name.
#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/tcp.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

// Newer than the headers of the oldest supported system; the same number on every architecture.
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif

int clinux_socket_option_of(int process, int descriptor, int level, int option, int *value) {
    int handle = (int)syscall(SYS_pidfd_open, process, 0);
    if (handle < 0) return -1;
    int copy = (int)syscall(SYS_pidfd_getfd, handle, descriptor, 0);
    close(handle);
    if (copy < 0) return -1;
    socklen_t length = sizeof *value;
    int result = getsockopt(copy, level, option, value, &length);
    close(copy);
    return result;
}

int clinux_icmp_error(int descriptor, uint8_t *type, uint8_t *code, struct in_addr *sender) {
    char data[1], control[512];
    int found = 0;
    while (1) {
        struct iovec part = {data, sizeof data};
        struct msghdr message = {
            .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        if (recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return found;
        for (struct cmsghdr *entry = CMSG_FIRSTHDR(&message); entry; entry = CMSG_NXTHDR(&message, entry)) {
            // An IPv6 socket that calls an IPv4-mapped address has the same in a message of IPv6's
            // (net/ipv6/datagram.c, ipv6_recv_error).
            int is_v6 = entry->cmsg_level == IPPROTO_IPV6 && entry->cmsg_type == IPV6_RECVERR;
            if (!is_v6 && (entry->cmsg_level != IPPROTO_IP || entry->cmsg_type != IP_RECVERR)) continue;
            struct sock_extended_err error;
            memcpy(&error, CMSG_DATA(entry), sizeof error);
            if (error.ee_origin != SO_EE_ORIGIN_ICMP) continue;
            if (is_v6) {
                struct sockaddr_in6 from;
                memcpy(&from, CMSG_DATA(entry) + sizeof error, sizeof from);
                memcpy(sender, &from.sin6_addr.s6_addr[12], sizeof *sender);
            } else {
                struct sockaddr_in from;
                memcpy(&from, CMSG_DATA(entry) + sizeof error, sizeof from);
                *sender = from.sin_addr;
            }
            *type = error.ee_type;
            *code = error.ee_code;
            found = 1;
        }
    }
}

int clinux_segments(int descriptor, uint32_t *sent, uint32_t *received) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    int result = getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length);
    if (result < 0) return result;
    if (length < offsetof(struct tcp_info, tcpi_segs_in) + sizeof info.tcpi_segs_in) {
        errno = ENOPROTOOPT;
        return -1;
    }
    *sent = info.tcpi_segs_out;
    *received = info.tcpi_segs_in;
    return 0;
}
