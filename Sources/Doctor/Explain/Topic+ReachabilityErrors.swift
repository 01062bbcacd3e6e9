import TCPSockets

// What keeps bind() from an address, and connect() from a host, that no port is to blame for.
extension Topic {
    static let reachabilityErrors = [
        error(
            .permissionDenied,
            Statement(
                "From bind(): the port is below net.ipv4.ip_unprivileged_port_start, or a policy forbids it. From connect(): a "
                    + "route, a firewall or a policy does.",
                source: "bind(2), connect(2), Documentation/networking/ip-sysctl.rst"),
            causes: [
                Statement("bind() to a port below 1024, without CAP_NET_BIND_SERVICE.", source: "capabilities(7)"),
                Statement("Either call, to any port, in a sandbox that does not allow it.", source: "landlock(7)"),
                Statement("connect() where a route says prohibit.", source: "ip-route(8)"),
                Statement(
                    "connect() over IPv6, rejected by a firewall: administratively prohibited.",
                    source: "net/ipv6/icmp.c, icmpv6_err_convert"),
            ],
            remedies: [
                "Take a higher port.",
                Statement(
                    "Grant the program CAP_NET_BIND_SERVICE, or let the service manager open the socket.",
                    source: "capabilities(7)"),
                Statement(
                    "Lower net.ipv4.ip_unprivileged_port_start.", source: "Documentation/networking/ip-sysctl.rst"),
                "See ip route get ADDRESS, nft list ruleset, and what confines the program.",
            ]),
        error(
            .connectionRefused,
            Statement(
                "The SYN was answered by RST, as where nothing listens, or by ICMP port unreachable.",
                "reset-in-each-state", source: "connect(2); RFC 9293, 3.10.7.1"),
            causes: [
                Statement(
                    "No server listens on that address and port, or it has ended; or it listens on another address.",
                    source: "connect(2); RFC 9293, 3.5.2"),
                Statement(
                    "A firewall rejects with a RST: whoever sent it, in SYN-SENT it is reported so.",
                    "reset-in-each-state", source: "net/ipv4/tcp_input.c, tcp_reset"),
                Statement(
                    "A firewall rejects with ICMP port unreachable, the default of REJECT.",
                    source: "net/ipv4/icmp.c, icmp_err_convert"),
            ],
            remedies: [
                "Start the server, or correct address and port.",
                "On the server's host: chat-lab explain ECONNREFUSED --port N shows whether anybody listens, and where.",
                "If something does, see the firewall: nft list ruleset.",
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
                    "connect(): the listener's queue is full, for its program does not call accept().",
                    source: "listen(2)"),
                Statement(
                    "An established connection whose segments nobody acknowledges (tcp_retries2), or dead keepalives.",
                    source: "tcp(7)"),
            ],
            remedies: [
                "On the server's host: chat-lab doctor names listeners whose queue is full.",
                "Check the address, the route, and firewalls that drop.",
                Statement("Set a time of one's own: TCP_USER_TIMEOUT, or a poll() around connect().", source: "tcp(7)"),
                "Dial again, with pauses that grow.",
            ]),
        error(
            .networkUnreachable, Statement("There is no route to that address.", source: "connect(2), ip(7)"),
            causes: [
                Statement("No default route, or no address of that family on this host."),
                Statement("The interface of the route is down.", source: "ip-route(8)"),
                Statement(
                    "A router, or a firewall, says so by ICMP.", source: "net/ipv4/icmp.c, icmp_err_convert"),
            ],
            remedies: ["See ip route get ADDRESS.", "Try the other family."]),
        error(
            .hostUnreachable,
            Statement(
                "A router, a firewall, or this host's neighbour table says that the host cannot be reached.",
                source: "ip(7)"),
            causes: [
                Statement("The host is down or absent: nobody answers ARP or neighbour discovery."),
                Statement(
                    "A firewall rejects: administratively prohibited, the default of firewalld.",
                    source: "net/ipv4/icmp.c, icmp_err_convert"),
                Statement("A route says unreachable.", source: "ip-route(8)"),
            ],
            remedies: [
                "Check that the host is up, and the route to it.", "See the firewalls between: nft list ruleset.",
                "Dial again later.",
            ]),
    ]
}
