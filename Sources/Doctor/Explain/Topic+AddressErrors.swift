import TCPSockets

// What bind(), listen() and connect() may fail with.
extension Topic {
    static let addressErrors = [
        error(
            .addressInUse,
            Statement(
                "Somebody has the port; from bind() or listen(). connect() from a port that is taken says EADDRNOTAVAIL.",
                "C4", "C11", source: "bind(2), listen(2)"),
            causes: [
                Statement(
                    "The last connection from this port was closed here first and is in TIME-WAIT: bind() fails for 60 s.",
                    "explicit-active", "A1", "C2"),
                Statement(
                    "A server is started again while its last connections are in TIME-WAIT.", "server-restart", "C3"),
                Statement("Another program listens on the port, or is connected from it.", "two-on-one-port", "C4"),
                Statement(
                    "A listener on :: without IPV6_V6ONLY has the port for IPv4 too; one with it has not.",
                    source: "ipv6(7)"),
                Statement(
                    "bind(address, 0) found no free port: such a port is pinned for every destination.",
                    "automatic-ports"),
            ],
            remedies: [
                "See who has it: chat-lab explain EADDRINUSE --port N.",
                Statement(
                    "A server: SO_REUSEADDR before bind(), from its first release on, for the old socket needs it too. Then only a "
                        + "listener stands in the way.",
                    "server-restart", "C3", "C4", source: "net/ipv4/inet_connection_sock.c, inet_bind_conflict"),
                Statement(
                    "A client: let the kernel choose the port, that is, call no bind().", "implicit-active", "A10"),
                Statement(
                    "bind(address, 0): IP_BIND_ADDRESS_NO_PORT, so that connect() may share ports between destinations.",
                    "automatic-ports", "F3", source: "ip(7)"),
                Statement(
                    "A client that must have its port: SO_REUSEADDR on the old and on the new socket, with TCP timestamps.",
                    "explicit-reuse-both-active"),
                Statement(
                    "Let the other side close first (--close passive): TIME-WAIT is there then.", "explicit-passive",
                    "B6"),
                Statement("Wait: 60 s at most.", "A3", source: "include/net/tcp.h, TCP_TIMEWAIT_LEN"),
                Statement(
                    "Last: SO_LINGER {on, 0}, a reset, which loses all that is not yet delivered.", "explicit-reset",
                    "lost-exit"),
            ]),
        error(
            .addressNotAvailable,
            Statement(
                "No port is left for this destination, or this host cannot have the address.", "port-exhaustion",
                source: "connect(2), bind(2)"),
            causes: [
                Statement(
                    "connect() without a port of its own: all ephemeral ports towards this destination are taken, by TIME-WAIT or by "
                        + "live connections.", "port-exhaustion", "D3"),
                Statement("The same with a range narrowed by IP_LOCAL_PORT_RANGE.", "automatic-ports", "F4"),
                Statement(
                    "connect() from a port of one's own that has a live connection to the same end.", "two-on-one-port",
                    "C11"),
                Statement(
                    "The same where bind(address, 0), in any program, has pinned the ports: they serve no other destination.",
                    "automatic-ports", source: "net/ipv4/inet_hashtables.c, __inet_hash_connect"),
                Statement("bind() to an address that no interface has.", source: "bind(2)"),
                Statement(
                    "IPv6 that is off, an interface that is down, or an address that is still tentative. No port is to blame.",
                    source: "Documentation/networking/ip-sysctl.rst"),
            ],
            remedies: [
                "See how many are taken: chat-lab doctor, or chat-lab explain EADDRNOTAVAIL --port DESTINATION-PORT.",
                "Keep connections open and use them again.",
                Statement(
                    "More destination ports or addresses, or own addresses, with IP_BIND_ADDRESS_NO_PORT.",
                    "automatic-ports", "F3", source: "ip(7)"),
                Statement("Widen net.ipv4.ip_local_port_range.", source: "ip(7)"),
                Statement("net.ipv4.tcp_tw_reuse = 1, with timestamps.", "tw-reuse", "F1"),
                Statement(
                    "Let the other side close first (--close passive): TIME-WAIT is there then.", "explicit-passive",
                    "B6"),
                Statement(
                    "Last: SO_LINGER {on, 0}, a reset, which loses all that is not yet delivered.", "explicit-reset",
                    "lost-exit"),
            ]),
    ]
}
