import TCPSockets

// What bind(), listen() and connect() may fail with.
extension Topic {
    static let addressErrors = [
        error(
            .addressInUse,
            Statement(
                "Another socket has the port. From bind() or listen(); connect() from a taken port fails with "
                    + "EADDRNOTAVAIL.",
                "C4", "C11", source: "bind(2), listen(2)"),
            causes: [
                Statement(
                    "This side closed the port's last connection first: for 60 s it is in TIME-WAIT, and bind() fails.",
                    "explicit-active", "A1", "C2"),
                Statement(
                    "A server restarts while its last connections are in TIME-WAIT.", "server-restart", "C3"),
                Statement("Another program listens on the port, or is connected from it.", "two-on-one-port", "C4"),
                Statement(
                    "A listener on :: takes the port for IPv4 too, unless it sets IPV6_V6ONLY.",
                    source: "ipv6(7)"),
                Statement(
                    "bind(address, 0) found no free port: it pins its port for every destination.",
                    "automatic-ports"),
            ],
            remedies: [
                "See who has it: chat-lab explain EADDRINUSE --port N.",
                Statement(
                    "A server: SO_REUSEADDR before bind(), from its first release on: the old socket needs it too. "
                        + "Then only a listener is in the way.",
                    "server-restart", "C3", "C4", source: "net/ipv4/inet_connection_sock.c, inet_bind_conflict"),
                Statement(
                    "A client: call no bind(), so the kernel chooses the port.", "implicit-active", "A10"),
                Statement(
                    "bind(address, 0): IP_BIND_ADDRESS_NO_PORT, so connect() can share ports between destinations.",
                    "automatic-ports", "F3", source: "ip(7)"),
                Statement(
                    "A client that needs a fixed port: SO_REUSEADDR on the old and the new socket, with TCP "
                        + "timestamps.",
                    "explicit-reuse-both-active"),
                Statement(
                    "Let the other side close first (--close passive): it then holds TIME-WAIT.", "explicit-passive",
                    "B6"),
                Statement("Wait: 60 s at most.", "A3", source: "include/net/tcp.h, TCP_TIMEWAIT_LEN"),
                Statement(
                    "Last resort: SO_LINGER {on, 0}, a reset: it loses undelivered data.", "explicit-reset",
                    "lost-exit"),
            ]),
        error(
            .addressNotAvailable,
            Statement(
                "No port is left for this destination, or this host cannot use the address.", "port-exhaustion",
                source: "connect(2), bind(2)"),
            causes: [
                Statement(
                    "connect() without a fixed port: all ephemeral ports to this destination are taken, by "
                        + "TIME-WAIT or live connections.", "port-exhaustion", "D3"),
                Statement("The same with a range narrowed by IP_LOCAL_PORT_RANGE.", "automatic-ports", "F4"),
                Statement(
                    "connect() from a fixed port that has a live connection to the same peer.", "two-on-one-port",
                    "C11"),
                Statement(
                    "bind(address, 0), in any program, has pinned the ports: they serve no other destination.",
                    "automatic-ports", source: "net/ipv4/inet_hashtables.c, __inet_hash_connect"),
                Statement("bind() to an address that no interface has.", source: "bind(2)"),
                Statement(
                    "IPv6 is off, the interface is down, or the address is still tentative. Ports are not the cause.",
                    source: "Documentation/networking/ip-sysctl.rst"),
            ],
            remedies: [
                "See how many are taken: chat-lab doctor, or chat-lab explain EADDRNOTAVAIL --port DESTINATION-PORT.",
                "Keep connections open and reuse them.",
                Statement(
                    "More destination ports or addresses, or local addresses, with IP_BIND_ADDRESS_NO_PORT.",
                    "automatic-ports", "F3", source: "ip(7)"),
                Statement("Widen net.ipv4.ip_local_port_range.", source: "ip(7)"),
                Statement("net.ipv4.tcp_tw_reuse = 1, with timestamps.", "tw-reuse", "F1"),
                Statement(
                    "Let the other side close first (--close passive): it then holds TIME-WAIT.", "explicit-passive",
                    "B6"),
                Statement(
                    "Last resort: SO_LINGER {on, 0}, a reset: it loses undelivered data.", "explicit-reset",
                    "lost-exit"),
            ]),
    ]
}
