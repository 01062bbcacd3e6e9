// Kernel settings that bear on ports and on TIME-WAIT, and the range of ephemeral ports.
extension Topic {
    static let settings = [
        reuse, reuseDelay, timestamps, finTimeout, buckets, rfc1337, orphans, range, reserved, autobind, backlog,
        recycle,
    ]

    static let ports = [ephemeral]

    private static let document = "Documentation/networking/ip-sysctl.rst"

    private static func setting(
        _ name: String, in folder: String = "net.ipv4", _ meaning: Statement, causes: [Statement], remedies: [Statement]
    ) -> Topic {
        let full = "\(folder).\(name)"
        let path = "/proc/sys/" + full.replacing(".", with: "/")
        return Topic(
            .setting, full, otherNames: [name, path], meaning, causes: causes, remedies: remedies, settings: [full])
    }

    private static let reuse = setting(
        "tcp_tw_reuse",
        Statement(
            "Whether connect() may take an ephemeral port in TIME-WAIT to the same destination: 0 no, 1 yes, 2 (the default) over loopback only.",
            "tw-reuse", "F1", source: document),
        causes: [
            Statement("It needs TCP timestamps.", "kernel-settings", source: "net/ipv4/tcp_ipv4.c, tcp_twsk_unique"),
            Statement("A port is free again after tcp_tw_reuse_delay, a second by default.", "tw-reuse", "F1"),
            Statement("A fixed port gains nothing from it.", "tw-reuse", "F1"),
            Statement("It is for the host that connects: a listener accepts a new SYN without it.", "A8"),
        ],
        remedies: [
            Statement("Keep connections open and reuse them.", "port-exhaustion", "D3"),
            Statement("Set it to 1 on the connecting host, with timestamps on.", "tw-reuse", "F1"),
        ]
    )

    private static let reuseDelay = setting(
        "tcp_tw_reuse_delay",
        Statement(
            "How old a TIME-WAIT must be before tcp_tw_reuse may take its port, in milliseconds (Linux 6.14).",
            source: document),
        causes: [
            Statement("1,000 by default.", source: document),
            Statement(
                "Older kernels compare whole seconds: the wait is at most one.",
                source: "net/ipv4/tcp_ipv4.c, tcp_twsk_unique"),
        ],
        remedies: [
            Statement("Leave it: with tcp_tw_reuse = 1 a port is free after a second.", "tw-reuse", "F1")
        ]
    )

    private static let timestamps = setting(
        "tcp_timestamps",
        Statement(
            "Whether TCP offers timestamps: 0 no, 1 yes, 2 yes and without a random offset (RFC 7323).",
            source: document),
        causes: [
            Statement("With them, PAWS discards old duplicates.", "old-duplicate", "F12"),
            Statement(
                "Without them, tcp_tw_reuse does nothing.", "kernel-settings",
                source: "net/ipv4/tcp_ipv4.c, tcp_twsk_unique"),
            Statement("Without them, SO_REUSEADDR does not give a client its fixed port back.", "B10", "E3"),
        ],
        remedies: [Statement("Leave it at 1.", source: document)]
    )

    private static let finTimeout = setting(
        "tcp_fin_timeout",
        Statement(
            "How long a socket without a program may stay in FIN-WAIT-2, in seconds.", "fin-timeout", "F9",
            source: document),
        causes: [
            Statement(
                "TIME-WAIT stays 60 s, whatever the setting.", "fin-timeout", "F9",
                source: "include/net/tcp.h, TCP_TIMEWAIT_LEN"),
            Statement(
                "Above 60, FIN-WAIT-2 lasts twice what is above 60 s: 90 makes it 60 s, and 70 makes it 20 s.",
                "long-fin-timeout", "F21"),
        ],
        remedies: [
            Statement("Do not lower it against TIME-WAIT: it changes nothing there.", "fin-timeout", "F9"),
            Statement("For one socket: TCP_LINGER2.", source: "tcp(7)"),
        ]
    )

    private static let buckets = setting(
        "tcp_max_tw_buckets",
        Statement(
            "How many sockets may be in TIME-WAIT at a time. One more is closed at once.",
            source: document),
        causes: [
            Statement(
                "A retransmitted FIN is then answered by a RST, because no socket is left to acknowledge it.",
                "last-ack-lost", "A12"),
            Statement("A server reaches it too, if its clients let it close first.", "passive-closing-cost", "F20"),
        ],
        remedies: [
            Statement("Do not lower it: it only protects against simple denial-of-service attacks.", source: document),
            Statement("To have fewer: keep connections open and reuse them.", "port-exhaustion", "D3"),
        ]
    )

    private static let rfc1337 = setting(
        "tcp_rfc1337",
        Statement(
            "With 1, a RST does not end TIME-WAIT; with 0, the default, one with the next sequence number does.",
            "time-wait-and-reset", "A6",
            source: document),
        causes: [
            Statement(
                "With 1, TIME-WAIT refuses the retransmitted SYN too: connect() waits until TIME-WAIT is over, or ETIMEDOUT.",
                "refused-syn",
                "F18")
        ],
        remedies: [Statement("Leave it at 0, unless stray RSTs are a danger.", "refused-syn", "F18")]
    )

    private static let orphans = setting(
        "tcp_max_orphans",
        Statement(
            "How many sockets may close in the background, without a program. One more is reset at once.",
            source: document),
        causes: [
            Statement("The kernel writes a warning to its log.", source: "tcp(7)")
        ],
        remedies: [
            Statement(
                "Find out why the peers do not acknowledge: chat-lab doctor counts FIN-WAIT-1, CLOSING and LAST-ACK.",
                source: "tcp(7)")
        ]
    )

    private static let range = setting(
        "ip_local_port_range",
        Statement("The ephemeral port range: from which ports the kernel chooses.", source: "ip(7)"),
        causes: [
            Statement(
                "connect() fails with EADDRNOTAVAIL when all are taken for one destination.", "port-exhaustion", "D3")
        ],
        remedies: [
            Statement("Widen it, above the ports on which servers listen.", source: "ip(7)"),
            Statement("Keep a server's port out of it: net.ipv4.ip_local_reserved_ports.", source: document),
        ]
    )

    private static let reserved = setting(
        "ip_local_reserved_ports",
        Statement("Ports that the kernel never chooses by itself.", source: document),
        causes: [Statement("bind() with such a port still succeeds.", source: document)],
        remedies: [
            Statement("Put a server's port here if it lies within ip_local_port_range.", source: document)
        ]
    )

    private static let autobind = setting(
        "ip_autobind_reuse",
        Statement(
            "With 1, bind(address, 0) with SO_REUSEADDR may take a port whose sockets all set it too, such as one in TIME-WAIT, if no other is free.",
            "ports-in-time-wait", "F23", source: document),
        causes: [Statement("It may break some programs.", source: document)],
        remedies: [
            Statement("Better IP_BIND_ADDRESS_NO_PORT in the client.", "automatic-ports", "F3", source: document)
        ]
    )

    private static let backlog = setting(
        "somaxconn", in: "net.core",
        Statement(
            "How many connections may wait for accept() at most, whatever listen() asks for.", source: "listen(2)"),
        causes: [
            Statement("4,096 since Linux 5.4; a listener takes it over at listen().", source: "listen(2)")
        ],
        remedies: [
            Statement("See whether a queue is full: chat-lab doctor.", source: "listen(2)"),
            Statement(
                "Raise it together with the backlog in listen(), and start the server again.", source: "listen(2)"),
        ]
    )

    private static let recycle = setting(
        "tcp_tw_recycle",
        Statement("Gone since Linux 4.12: it broke clients behind address translation.", source: "tcp(7)"),
        causes: [
            Statement("sysctl says that there is no such setting.", "kernel-settings", "E7")
        ],
        remedies: [
            Statement("Take the line out of sysctl.conf.", source: "tcp(7)"),
            Statement("On the connecting host: net.ipv4.tcp_tw_reuse = 1.", "tw-reuse", "F1"),
        ]
    )

    private static let ephemeral = Topic(
        .ports, "ephemeral-ports",
        otherNames: ["ephemeral", "ephemeral port", "ephemeral port range", "automatic ports"],
        Statement(
            "Ports that the kernel gives to sockets that ask for none: connect() without bind(), and bind() with port 0.",
            source: "ip(7)"),
        causes: [
            Statement(
                "connect() may use a port for several destinations: the limit counts for each of them.",
                "automatic-ports", "F3"),
            Statement("A client that closes first keeps its port in TIME-WAIT for 60 s.", "port-exhaustion", "D3"),
            Statement(
                "When none is left: EADDRNOTAVAIL from connect(), EADDRINUSE from bind().", "port-exhaustion",
                "automatic-ports"),
        ],
        remedies: [
            Statement("See how many are taken: chat-lab doctor.", source: "ip(7)"),
            Statement("Keep connections open, or let the server close first.", "explicit-passive", "B6"),
            Statement("net.ipv4.tcp_tw_reuse = 1, with timestamps.", "tw-reuse", "F1"),
            Statement("Widen net.ipv4.ip_local_port_range.", source: "ip(7)"),
        ],
        settings: ["net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports"]
    )
}
