internal import TCPSockets

// What bind(), listen() and connect() may fail with.
extension Topic {
    static let addressErrors = [
        error(
            .addressInUse, "Somebody has the port; from bind() or listen(), and from connect() on a port of one's own.",
            causes: [
                Cause(
                    "The last connection from this port was closed here first and is in TIME-WAIT: bind() fails for 60 s.",
                    "explicit-active", "A1", "C2"),
                Cause("A server is started again while its last connections are in TIME-WAIT.", "server-restart", "C3"),
                Cause("Another program listens on the port, or is connected from it.", "two-on-one-port", "C4"),
                Cause(
                    "bind(address, 0) found no free port: such a port is pinned for every destination.",
                    "automatic-ports"),
            ],
            remedies: [
                "See who has it: chat-lab explain EADDRINUSE --port N.",
                "A client: let the kernel choose the port, that is, call no bind() (implicit-active).",
                "Let the other side close first (--close passive): no TIME-WAIT here.",
                "A server: SO_REUSEADDR before bind(). It passes over TIME-WAIT only, never over a listener.",
                "A client that must have its port: SO_REUSEADDR on the old and on the new socket (explicit-reuse-both-active).",
                "Wait: 60 s at most.",
                "SO_LINGER {on, 0}, a reset, which loses what is on its way.",
            ]),
        error(
            .addressNotAvailable, "No port is left for this destination, or the address is none of this host.",
            causes: [
                Cause(
                    "connect() without a port of its own: all automatic ports towards this destination are taken, by TIME-WAIT or by "
                        + "live connections.", "port-exhaustion", "D3"),
                Cause("The same with a range narrowed by IP_LOCAL_PORT_RANGE.", "automatic-ports", "F4"),
                Cause(
                    "connect() from a port of one's own that has a live connection to the same end.", "two-on-one-port",
                    "C11"),
                Cause("bind() to an address that no interface has."),
            ],
            remedies: [
                "See how many are taken: chat-lab doctor, or chat-lab explain EADDRNOTAVAIL --port DESTINATION-PORT.",
                "Keep connections open and use them again.",
                "Let the other side close first (--close passive).",
                "More destination ports or addresses, or own addresses, with IP_BIND_ADDRESS_NO_PORT (automatic-ports).",
                "Widen net.ipv4.ip_local_port_range.",
                "net.ipv4.tcp_tw_reuse = 1, with timestamps (tw-reuse).",
                "SO_LINGER {on, 0}, a reset, which loses what is on its way.",
            ]),
        error(
            .permissionDenied,
            "From bind(): the port is below net.ipv4.ip_unprivileged_port_start and the program may not.",
            causes: [Cause("A port below 1024, without CAP_NET_BIND_SERVICE.")],
            remedies: [
                "Take a higher port.",
                "Grant the program CAP_NET_BIND_SERVICE, or let the service manager open the socket.",
                "Lower net.ipv4.ip_unprivileged_port_start.",
            ]),
        error(
            .connectionRefused, "The peer's host answered the SYN with RST: nothing listens there.",
            causes: [
                Cause("No server listens on that address and port, or it has ended."),
                Cause("A firewall rejects with a RST."),
            ],
            remedies: [
                "Start the server, or correct address and port.",
                "On the server's host: chat-lab explain ECONNREFUSED --port N shows whether anybody listens.",
                "Dial again, with pauses that grow.",
            ]),
        error(
            .timedOut, "The peer did not acknowledge for so long that the kernel gave up: at connect(), or later.",
            causes: [
                Cause("connect(): no answer to the SYN and its repetitions (tcp_syn_retries)."),
                Cause(
                    "An established connection whose segments nobody acknowledges (tcp_retries2), or dead keepalives."),
            ],
            remedies: [
                "Check the address, the route, and firewalls that drop.",
                "Set a time of one's own: TCP_USER_TIMEOUT, or a poll() around connect().",
                "Dial again, with pauses that grow.",
            ]),
        error(
            .networkUnreachable, "There is no route to that address.",
            causes: [Cause("No default route, or no address of that family on this host.")],
            remedies: ["See ip route get ADDRESS.", "Try the other family."]),
        error(
            .hostUnreachable, "A router, or this host's neighbour table, says that the host cannot be reached.",
            causes: [Cause("The host is down or absent: nobody answers ARP or neighbour discovery.")],
            remedies: ["Check that the host is up, and the route to it.", "Dial again later."]),
    ]
}
