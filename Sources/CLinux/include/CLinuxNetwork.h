// Network namespaces and TUN devices: what the laboratory builds its hosts from.
#ifndef CLINUX_NETWORK_H
#define CLINUX_NETWORK_H

#include <netinet/in.h>

/// Moves the calling thread into a network namespace of its own: unshare(CLONE_NEWNET) (unshare(2)).
int clinux_unshare_network(void);
/// On how many processors this process may run: sched_getaffinity(2), CPU_COUNT(3); 1 where the kernel does not say.
int clinux_processors(void);
/// Moves the calling thread into the network namespace of a descriptor: setns(descriptor, CLONE_NEWNET) (setns(2)).
int clinux_enter_network(int descriptor);
/// Opens a TUN device that carries bare IP packets, in the calling thread's network namespace: TUNSETIFF with
/// IFF_TUN | IFF_NO_PI (Documentation/networking/tuntap.rst). The descriptor is non-blocking.
int clinux_open_tun(const char *name);
/// Gives an interface an IPv4 address: SIOCSIFADDR and SIOCSIFNETMASK (netdevice(7)).
int clinux_set_address_v4(const char *name, struct in_addr address, int prefix);
/// Gives an interface an IPv6 address: SIOCSIFADDR with struct in6_ifreq (ipv6(7)).
int clinux_set_address_v6(const char *name, struct in6_addr address, int prefix);
/// Sets the largest packet of an interface, in bytes: SIOCSIFMTU (netdevice(7)).
int clinux_set_mtu(const char *name, int mtu);
/// Brings an interface up: IFF_UP by SIOCSIFFLAGS (netdevice(7)).
int clinux_bring_up(const char *name);

#endif
