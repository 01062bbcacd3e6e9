import TCPSockets

// What keeps bind() from an address, and connect() from a host, that no port is to blame for.
extension Topic {
    static let reachabilityErrors = [
        error(
            .permissionDenied,
            Statement(
                "From bind(): the port is below net.ipv4.ip_unprivileged_port_start, or a policy forbids it. From "
                    + "connect(): a "
                    + "route, a firewall or a policy does.",
                source: "bind(2), connect(2), Documentation/networking/ip-sysctl.rst"),
            causes: [
                Statement("bind() to a port below 1024, without CAP_NET_BIND_SERVICE.", source: "capabilities(7)"),
                Statement("Either call, to any port, in a sandbox that does not allow it.", source: "landlock(7)"),
                Statement("connect() along a route of type prohibit.", source: "ip-route(8)"),
                Statement(
                    "connect() over IPv6, rejected by a firewall: administratively prohibited.",
                    source: "net/ipv6/icmp.c, icmpv6_err_convert"),
            ],
            remedies: [
                "Use a higher port.",
                Statement(
                    "Grant the program CAP_NET_BIND_SERVICE, or let the service manager open the socket.",
                    source: "capabilities(7)"),
                Statement(
                    "Lower net.ipv4.ip_unprivileged_port_start.", source: "Documentation/networking/ip-sysctl.rst"),
                "Check ip route get ADDRESS, nft list ruleset, and the program's sandbox.",
            ]),
        error(
            .connectionRefused,
            Statement(
                "A RST answered the SYN, as when nothing listens; or ICMP port unreachable did.",
                "reset-in-each-state", source: "connect(2); RFC 9293, 3.10.7.1"),
            causes: [
                Statement(
                    "No server listens on that address and port: it is not running, or it listens on another address.",
                    source: "connect(2); RFC 9293, 3.5.2"),
                Statement(
                    "A firewall rejects with a RST: in SYN-SENT any RST gives ECONNREFUSED.",
                    "reset-in-each-state", source: "net/ipv4/tcp_input.c, tcp_reset"),
                Statement(
                    "A firewall rejects with ICMP port unreachable, the default of REJECT.",
                    source: "net/ipv4/icmp.c, icmp_err_convert"),
            ],
            remedies: [
                "Start the server, or fix the address or port.",
                "On the server's host: chat-lab explain ECONNREFUSED --port N shows who listens, and where.",
                "If something listens, check the firewall: nft list ruleset.",
                "Retry with growing pauses.",
            ]),
        error(
            .timedOut,
            Statement(
                "The peer acknowledged nothing until the kernel gave up: at connect(), or later.",
                source: "connect(2), tcp(7)"),
            causes: [
                Statement(
                    "connect(): no answer to the SYN and its repetitions (tcp_syn_retries).",
                    source: "connect(2), tcp(7)"),
                Statement(
                    "connect(): the listener's queue is full, because its program does not call accept().",
                    source: "listen(2)"),
                Statement(
                    "An established connection: its segments (tcp_retries2) or its keepalives get no ACK.",
                    source: "tcp(7)"),
            ],
            remedies: [
                "On the server's host: chat-lab doctor names listeners whose queue is full.",
                "Check the address, the route, and firewalls that drop.",
                Statement("Set your own timeout: TCP_USER_TIMEOUT, or poll() around connect().", source: "tcp(7)"),
                "Retry with growing pauses.",
            ]),
        error(
            .networkUnreachable, Statement("There is no route to that address.", source: "connect(2), ip(7)"),
            causes: [
                Statement("No default route, or no address of that family on this host."),
                Statement("The route's interface is down.", source: "ip-route(8)"),
                Statement(
                    "A router or a firewall reports it by ICMP.", source: "net/ipv4/icmp.c, icmp_err_convert"),
            ],
            remedies: ["See ip route get ADDRESS.", "Try the other address family."]),
        error(
            .hostUnreachable,
            Statement(
                "A router, a firewall or this host's neighbour table says that the host is unreachable.",
                source: "ip(7)"),
            causes: [
                Statement("The host is down or absent: ARP or neighbour discovery gets no answer."),
                Statement(
                    "A firewall rejects: administratively prohibited, the default of firewalld.",
                    source: "net/ipv4/icmp.c, icmp_err_convert"),
                Statement("A route of type unreachable.", source: "ip-route(8)"),
            ],
            remedies: [
                "Check that the host is up, and the route to it.", "Check the firewalls on the way: nft list ruleset.",
                "Retry later.",
            ]),
    ]
}
