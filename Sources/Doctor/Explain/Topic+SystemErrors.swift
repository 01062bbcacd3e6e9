import TCPSockets

// What says that the call was wrong, not allowed, or more than this host can give.
extension Topic {
    static let systemErrors = [
        error(
            .invalidArgument,
            Statement(
                "The call makes no sense for this socket or address, or a route drops what goes there.",
                source: "bind(2), connect(2), listen(2)"),
            causes: [
                Statement("bind() on a socket that is already bound.", source: "bind(2)"),
                Statement(
                    "bind() or connect() to a link-local IPv6 address (fe80::) without its interface.",
                    source: "ipv6(7)"),
                Statement("connect() along a route of type blackhole.", source: "ip-route(8)"),
                Statement("accept() on a socket that does not listen.", source: "accept(2)"),
                Statement("An option with an invalid value.", source: "setsockopt(2)"),
            ],
            remedies: [
                "Add the interface to a link-local address: fe80::1%eth0.", "Check ip route get ADDRESS.",
                "Make a new socket, and call bind() once.",
            ]),
        error(
            .notPermitted,
            Statement(
                "The program may not do that, or a rule on this host forbids it.", source: "connect(2), capabilities(7)"
            ),
            causes: [
                Statement(
                    "A BPF program of the control group rejected bind() or connect().",
                    source: "net/ipv4/af_inet.c, inet_stream_connect"),
                Statement("send(): this host's firewall drops the segment.", source: "send(2)"),
                Statement("An option or a call without the capability that it needs.", source: "capabilities(7)"),
            ],
            remedies: [
                "Check the program's sandbox: its service unit, its container.",
                "Check this host's firewall: nft list ruleset.", "Run it with the capability that it needs.",
            ]),
        error(
            .noBufferSpace,
            Statement(
                "The kernel or the interface has no buffer space for this now.", source: "send(2), socket(2)"),
            causes: [
                Statement("The queue of the network interface is full.", source: "send(2)"),
                Statement("Sockets use all the memory that net.ipv4.tcp_mem allows.", source: "tcp(7)"),
            ],
            remedies: [
                "Wait and try again.", "See which sockets hold it: chat-lab doctor.",
                Statement("Raise net.ipv4.tcp_mem.", source: "tcp(7)"),
            ]),
        error(
            .familyNotSupported,
            Statement(
                "This kernel has no sockets of that family, or the address and the socket differ in family.",
                source: "socket(2), connect(2)"),
            causes: [
                Statement("socket(AF_INET6) on a kernel started without IPv6.", source: "socket(2)"),
                Statement("An IPv6 address for an IPv4 socket.", source: "connect(2)"),
                Statement("A service whose manager allows only some families.", source: "systemd.exec(5)"),
            ],
            remedies: [
                "Use an address of the other family, or try all addresses of the name.",
                Statement("Allow the family: RestrictAddressFamilies=.", source: "systemd.exec(5)"),
            ]),
        error(
            .networkDown, Statement("The interface is down.", source: "accept(2), packet(7)"),
            causes: [
                Statement("A packet was to leave by an interface that is down.", source: "packet(7)"),
                Statement(
                    "accept(): the connection failed before it was accepted.", source: "accept(2)"),
            ],
            remedies: ["Bring it up: ip link set NAME up.", "accept(): call it again."]),
        error(
            .protocolError,
            Statement("The peer, or a middlebox, broke the protocol.", source: "accept(2)"),
            causes: [
                Statement(
                    "An ICMP error said that a header from this host was wrong.",
                    source: "net/ipv4/icmp.c, icmp_unreach"),
                Statement("accept(): the connection failed before it was accepted.", source: "accept(2)"),
            ],
            remedies: [
                "accept(): call it again.", "See what came: chat-lab read and tcpdump show the segments.",
            ]),
    ]
}
