// Socket options that bear on ports and on closing.
extension Topic {
    static let options = [reuseAddress, reusePort, linger, linger2, bindNoPort, localPortRange]

    private static func option(_ name: String, _ meaning: Statement, causes: [Statement], remedies: [Statement])
        -> Topic
    {
        Topic(
            .option, name, otherNames: [String(name.drop { $0 != "_" })], meaning, causes: causes, remedies: remedies)
    }

    private static let reuseAddress = option(
        "SO_REUSEADDR",
        Statement(
            "bind() succeeds although the port has sockets in TIME-WAIT, or connections, if each of them set the option too.",
            "C3", "C4", source: "net/ipv4/inet_connection_sock.c, inet_bind_conflict"),
        causes: [
            Statement("A server that closed first starts again at once.", "server-restart", "C3"),
            Statement("If the old socket did not set it, bind() fails with EADDRINUSE.", "F2"),
            Statement("A listener on the port still makes bind() fail with EADDRINUSE.", "C4", source: "socket(7)"),
            Statement(
                "A client gets its fixed port back, if both runs set it and TCP timestamps are on.",
                "explicit-reuse-both-active", "E3"),
            Statement("A client whose port the kernel chooses gains nothing, unless ip_autobind_reuse is 1.", "D7"),
        ],
        remedies: [
            Statement("A server: set it before bind(), from its first release on.", "server-restart", "C3"),
            Statement("A client: call no bind(), then it needs no such option.", "implicit-active", "A10"),
            Statement("Two listeners on one port: SO_REUSEPORT.", source: "socket(7)"),
        ]
    )

    private static let reusePort = option(
        "SO_REUSEPORT",
        Statement(
            "Several sockets bind the same address and port, if all of them set it before bind() and belong to one user.",
            source: "socket(7)"),
        causes: [
            Statement("Several listeners share a port: the kernel spreads connections over them.", source: "socket(7)"),
            Statement(
                "When one of them closes, the connections in its accept queue are reset, unless tcp_migrate_req is 1.",
                source: "Documentation/networking/ip-sysctl.rst, tcp_migrate_req"),
            Statement(
                "A port in TIME-WAIT can be bound, if the old socket set it too.",
                source: "net/ipv4/inet_connection_sock.c, inet_bind_conflict"),
        ],
        remedies: [
            Statement("To restart a server, SO_REUSEADDR is enough.", "server-restart", "C3"),
            Statement(
                "To let a listener go and keep its queue: net.ipv4.tcp_migrate_req = 1 (Linux 5.14).",
                source: "Documentation/networking/ip-sysctl.rst"),
        ]
    )

    private static let linger = option(
        "SO_LINGER",
        Statement(
            "How close() ends a connection, and whether it waits for unacknowledged data. It is off by default.",
            source: "socket(7)"),
        causes: [
            Statement("{on, 0}: close() sends a RST at once; neither host has TIME-WAIT.", "explicit-reset", "B9"),
            Statement("That RST discards what is still in the send queue.", "lost-exit", "E5"),
            Statement(
                "{on, N}: close() waits up to N seconds for the ACK, on a non-blocking socket too; the end of a process does not.",
                "linger-waits",
                "F8"),
            Statement(
                "When that time is over, the kernel goes on sending in the background.", "linger-runs-out", "F25"),
            Statement("close() returns 0 either way: it does not tell whether all arrived.", "linger-expires", "F15"),
            Statement("{on, N} does not shorten TIME-WAIT.", "linger-30", "E4"),
        ],
        remedies: [
            Statement("Leave it off.", source: "socket(7)"),
            Statement(
                "To know that all arrived: an acknowledgement in the protocol, or half-close.", "explicit-half-close",
                "F7"),
            Statement("To have no TIME-WAIT: let the peer close first.", "explicit-passive", "B6"),
        ]
    )

    private static let linger2 = option(
        "TCP_LINGER2",
        Statement(
            "How long this socket may stay in FIN-WAIT-2 after close(), in seconds, instead of net.ipv4.tcp_fin_timeout. It is "
                + "not SO_LINGER.", source: "tcp(7)"),
        causes: [
            Statement(
                "A negative value: no FIN-WAIT-2 after close(): the host sends a RST instead, and keeps nothing.",
                "negative-linger2",
                "F22"),
            Statement("TIME-WAIT stays 60 s.", source: "include/net/tcp.h, TCP_TIMEWAIT_LEN"),
            Statement("More than 120 s count as 120 s.", source: "net/ipv4/tcp.c, TCP_FIN_TIMEOUT_MAX"),
        ],
        remedies: [
            Statement(
                "Against FIN-WAIT-2 that piles up: a shorter time here, or see why the peers do not close.",
                source: "tcp(7)"),
            Statement("For all sockets: net.ipv4.tcp_fin_timeout.", "fin-timeout", "F9"),
        ]
    )

    private static let bindNoPort = option(
        "IP_BIND_ADDRESS_NO_PORT",
        Statement(
            "bind(address, 0) takes the address only; connect() chooses the port, and can share it between destinations "
                + "(Linux 4.2).", "automatic-ports", "F3", source: "ip(7)"),
        causes: [
            Statement(
                "Without it, each such bind() keeps a port from all other destinations.", "automatic-ports", "F3"),
            Statement(
                "With it, EADDRNOTAVAIL comes from connect(), and only when this destination has no port left.",
                source: "net/ipv4/inet_hashtables.c, __inet_hash_connect"),
        ],
        remedies: [
            Statement(
                "Set it before bind(address, 0) in every client that must choose its address.", "automatic-ports", "F3"),
            Statement("A client that need not choose: call no bind().", "implicit-active", "A10"),
        ]
    )

    private static let localPortRange = option(
        "IP_LOCAL_PORT_RANGE",
        Statement("The ephemeral port range of one socket (Linux 6.3).", "automatic-ports", "F4", source: "ip(7)"),
        causes: [
            Statement(
                "A bound outside net.ipv4.ip_local_port_range is ignored.",
                source: "net/ipv4/inet_connection_sock.c, inet_sk_get_local_port_range"),
            Statement("When its ports are used up, connect() fails with EADDRNOTAVAIL.", "automatic-ports", "F4"),
        ],
        remedies: [
            Statement(
                "Give a program that uses many ports its own range, so that others keep theirs.", source: "ip(7)")
        ]
    )
}
