internal import TCPSockets

// What bind(), listen() and connect() may fail with.
extension Topic {
    static let addressErrors = [
        error(
            .addressInUse,
            Statement(
                "Somebody has the port; from bind() or listen(), and from connect() on a port of one's own.", "C4",
                "C11", source: "bind(2), listen(2), connect(2)"),
            causes: [
                Statement(
                    "The last connection from this port was closed here first and is in TIME-WAIT: bind() fails for 60 s.",
                    "explicit-active", "A1", "C2"),
                Statement(
                    "A server is started again while its last connections are in TIME-WAIT.", "server-restart", "C3"),
                Statement("Another program listens on the port, or is connected from it.", "two-on-one-port", "C4"),
                Statement(
                    "bind(address, 0) found no free port: such a port is pinned for every destination.",
                    "automatic-ports"),
            ],
            remedies: [
                "See who has it: chat-lab explain EADDRINUSE --port N.",
                Statement(
                    "A client: let the kernel choose the port, that is, call no bind().", "implicit-active", "A10"),
                Statement(
                    "Let the other side close first (--close passive): no TIME-WAIT here.", "explicit-passive", "B6"),
                Statement(
                    "A server: SO_REUSEADDR before bind(). It passes over TIME-WAIT only, never over a listener.",
                    "server-restart", "C3", "C4"),
                Statement(
                    "A client that must have its port: SO_REUSEADDR on the old and on the new socket, with TCP timestamps.",
                    "explicit-reuse-both-active"),
                Statement("Wait: 60 s at most.", "A3", source: "include/net/tcp.h, TCP_TIMEWAIT_LEN"),
                Statement("SO_LINGER {on, 0}, a reset, which loses what is on its way.", "explicit-reset", "lost-exit"),
            ]),
        error(
            .addressNotAvailable,
            Statement(
                "No port is left for this destination, or the address is none of this host.", "port-exhaustion",
                source: "connect(2), bind(2)"),
            causes: [
                Statement(
                    "connect() without a port of its own: all automatic ports towards this destination are taken, by TIME-WAIT or by "
                        + "live connections.", "port-exhaustion", "D3"),
                Statement("The same with a range narrowed by IP_LOCAL_PORT_RANGE.", "automatic-ports", "F4"),
                Statement(
                    "connect() from a port of one's own that has a live connection to the same end.", "two-on-one-port",
                    "C11"),
                Statement("bind() to an address that no interface has.", source: "bind(2)"),
            ],
            remedies: [
                "See how many are taken: chat-lab doctor, or chat-lab explain EADDRNOTAVAIL --port DESTINATION-PORT.",
                "Keep connections open and use them again.",
                Statement("Let the other side close first (--close passive).", "explicit-passive", "B6"),
                Statement(
                    "More destination ports or addresses, or own addresses, with IP_BIND_ADDRESS_NO_PORT.",
                    "automatic-ports", "F3", source: "ip(7)"),
                Statement("Widen net.ipv4.ip_local_port_range.", source: "ip(7)"),
                Statement("net.ipv4.tcp_tw_reuse = 1, with timestamps.", "tw-reuse", "F1"),
                Statement("SO_LINGER {on, 0}, a reset, which loses what is on its way.", "explicit-reset", "lost-exit"),
            ]),
        error(
            .permissionDenied,
            Statement(
                "From bind(): the port is below net.ipv4.ip_unprivileged_port_start and the program may not.",
                source: "bind(2), Documentation/networking/ip-sysctl.rst"),
            causes: [
                Statement("A port below 1024, without CAP_NET_BIND_SERVICE.", source: "capabilities(7)")
            ],
            remedies: [
                "Take a higher port.",
                Statement(
                    "Grant the program CAP_NET_BIND_SERVICE, or let the service manager open the socket.",
                    source: "capabilities(7)"),
                Statement(
                    "Lower net.ipv4.ip_unprivileged_port_start.", source: "Documentation/networking/ip-sysctl.rst"),
            ]),
        error(
            .connectionRefused,
            Statement(
                "The peer's host answered the SYN with RST: nothing listens there.", "reset-in-each-state",
                source: "connect(2); RFC 9293, 3.10.7.1"),
            causes: [
                Statement(
                    "No server listens on that address and port, or it has ended.",
                    source: "connect(2); RFC 9293, 3.5.2"),
                Statement(
                    "A firewall rejects with a RST: whoever sent it, in SYN-SENT it is reported so.",
                    "reset-in-each-state", source: "net/ipv4/tcp_input.c, tcp_reset"),
            ],
            remedies: [
                "Start the server, or correct address and port.",
                "On the server's host: chat-lab explain ECONNREFUSED --port N shows whether anybody listens.",
                "Dial again, with pauses that grow.",
            ]),
        error(
            .timedOut,
            Statement(
                "The peer did not acknowledge for so long that the kernel gave up: at connect(), or later.",
                source: "connect(2), tcp(7)"),
            causes: [
                Statement(
                    "connect(): no answer to the SYN and its repetitions (tcp_syn_retries).",
                    source: "connect(2), tcp(7)"),
                Statement(
                    "An established connection whose segments nobody acknowledges (tcp_retries2), or dead keepalives.",
                    source: "tcp(7)"),
            ],
            remedies: [
                "Check the address, the route, and firewalls that drop.",
                Statement("Set a time of one's own: TCP_USER_TIMEOUT, or a poll() around connect().", source: "tcp(7)"),
                "Dial again, with pauses that grow.",
            ]),
        error(
            .networkUnreachable, Statement("There is no route to that address.", source: "connect(2), ip(7)"),
            causes: [Statement("No default route, or no address of that family on this host.")],
            remedies: ["See ip route get ADDRESS.", "Try the other family."]),
        error(
            .hostUnreachable,
            Statement(
                "A router, or this host's neighbour table, says that the host cannot be reached.", source: "ip(7)"),
            causes: [Statement("The host is down or absent: nobody answers ARP or neighbour discovery.")],
            remedies: ["Check that the host is up, and the route to it.", "Dial again later."]),
    ]
}
