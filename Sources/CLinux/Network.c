// In C, because struct ifreq is a union that Swift sees only in part, and <linux/if.h> and <net/if.h> exclude one another.
#define _GNU_SOURCE
#include "CLinuxNetwork.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

// <linux/ipv6.h> excludes <netinet/in.h>.
struct address_request_v6 {
    struct in6_addr address;
    uint32_t prefix;
    int interface;
};

int clinux_unshare_network(void) { return unshare(CLONE_NEWNET); }

int clinux_processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) < 0 ? 1 : CPU_COUNT(&set);
}

int clinux_enter_network(int descriptor) { return setns(descriptor, CLONE_NEWNET); }

static struct ifreq request_for(const char *name) {
    struct ifreq request = {0};
    strncpy(request.ifr_name, name, IFNAMSIZ - 1);
    return request;
}

// Closes and keeps the errno of what came before.
static int close_after(int descriptor, int result) {
    int saved = errno;
    close(descriptor);
    errno = saved;
    return result;
}

int clinux_open_tun(const char *name) {
    int descriptor = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0) return -1;
    struct ifreq request = request_for(name);
    request.ifr_flags = IFF_TUN | IFF_NO_PI;
    if (ioctl(descriptor, TUNSETIFF, &request) < 0) return close_after(descriptor, -1);
    return descriptor;
}

int clinux_set_address_v4(const char *name, struct in_addr address, int prefix) {
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (control < 0) return -1;
    struct ifreq request = request_for(name);
    struct sockaddr_in *field = (struct sockaddr_in *)&request.ifr_addr;
    field->sin_family = AF_INET;
    field->sin_addr = address;
    int result = ioctl(control, SIOCSIFADDR, &request);
    if (result == 0) {
        field->sin_addr.s_addr = htonl(prefix == 0 ? 0 : ~0u << (32 - prefix));
        result = ioctl(control, SIOCSIFNETMASK, &request);
    }
    return close_after(control, result);
}

int clinux_set_address_v6(const char *name, struct in6_addr address, int prefix) {
    int control = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (control < 0) return -1;
    // Not if_nametoindex(3), which takes a descriptor of its own, and whose failure would look like a missing interface.
    struct ifreq index = request_for(name);
    if (ioctl(control, SIOCGIFINDEX, &index) < 0) return close_after(control, -1);
    struct address_request_v6 request = {address, (uint32_t)prefix, index.ifr_ifindex};
    return close_after(control, ioctl(control, SIOCSIFADDR, &request));
}

int clinux_set_mtu(const char *name, int mtu) {
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (control < 0) return -1;
    struct ifreq request = request_for(name);
    request.ifr_mtu = mtu;
    return close_after(control, ioctl(control, SIOCSIFMTU, &request));
}

int clinux_bring_up(const char *name) {
    int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (control < 0) return -1;
    struct ifreq request = request_for(name);
    int result = ioctl(control, SIOCGIFFLAGS, &request);
    if (result == 0) {
        request.ifr_flags |= IFF_UP;
        result = ioctl(control, SIOCSIFFLAGS, &request);
    }
    return close_after(control, result);
}
