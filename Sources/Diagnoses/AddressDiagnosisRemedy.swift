package import TCPSockets
import Text

extension AddressDiagnosis {
    /// What helps, the least harmful first; empty where the tables have nothing to do with it.
    package var remedy: String {
        switch reason {
        case .held(let holders): remedy(holders)
        case .portsExhausted(let shortage): shortage.remedy(flag(.bindAddressNoPort))
        case .connectedToItself: "Start the server first, and give the client another port."
        case .privilegedPort(let first): "Use a port from \(first) up, or grant CAP_NET_BIND_SERVICE."
        case .forbidden: "Check this program's sandbox, service unit or container."
        case .notUnicast: "Use the address of one host."
        case .forbiddenByRoute, .droppedByRoute, .unreachableByRoute:
            "Check `ip route get \(request.remote?.address.description ?? "ADDRESS")`; it fails until that route "
                + "changes."
        case .unusableAddress(let fault): fault.remedy
        case .interfaceMissing: "Add % and the interface to the address; `ip -6 address` lists both."
        case .refused(let listeners): refusalRemedy(listeners)
        case .rejected(let icmp, _): icmp.remedy
        case .noAnswer(let listeners) where listeners.contains(where: \.hasFullQueue):
            listeners.first(where: \.hasFullQueue)?.owner.flatMap { $0.isStopped ? $0 : nil }.map {
                "That program is stopped: continue it (kill -CONT \($0.process))."
            } ?? "See why that program does not call accept()."
        case .noAnswer(let listeners) where !listeners.isEmpty:
            "Check whether this host's firewall drops it: `nft list ruleset`."
        case .noAnswer: "Check the address, the route and any firewall between."
        case .noRoute: "Check the address, and the route with `ip route get`."
        case .familyMissing: "Use an address of the other family."
        case .unread: "Allow more open files (ulimit -n), and try again."
        case .notFound: "The cause may be gone by now: try again."
        case .unexplained: ""
        }
    }

    private func remedy(_ holders: [PortHolder]) -> String {
        guard let first = holders.first else { return "" }
        let reuse = first.kind == .listener ? nil : reuseHint
        guard isToPass else { return (reuse.map { "Set \($0). " } ?? "") + holders.programRemedy }
        let times = holders.map(\.socket.timeLeft)
        guard let longest = times.compactMap(\.?.duration).max(), !times.contains(nil) else {
            return
                "Use another port\(reuse.map { ", or set \($0)" } ?? ""): it ends by itself when the peer "
                + "acknowledges or the kernel gives up (net.ipv4.tcp_orphan_retries), at no fixed time."
        }
        return
            "Try again in \(longest.inTenths) s\(times.contains { $0?.isExact == false } ? " at the earliest" : "")"
            + "\(reuse.map { ", or at once with \($0)" } ?? ""), or use another port; "
            + (times.lazy.compactMap(\.self).first { !$0.isExact }.map { Self.secondPart(of: $0.duration) } ?? "")
            + (first.kind == .timeWait
                ? "to avoid this, let the other side close first."
                : "it ends by itself, but a FIN from the peer turns it into 60 s of TIME-WAIT.")
    }

    /// How long a FIN-WAIT-2 stays beyond the first part of its time, where net.ipv4.tcp_fin_timeout agrees with that.
    private static func secondPart(of first: Duration) -> String {
        let second = Duration.seconds(max(0, PortSettings.finTimeout - 60))
        return first > second
            ? "it may stay longer if its program set TCP_LINGER2, which the kernel does not tell; "
            : "with net.ipv4.tcp_fin_timeout as it is, and without TCP_LINGER2, it stays \((first + second).inTenths) s; "
    }

    /// What lets a server pass over everything but a listener.
    private var reuseHint: String? {
        guard error.call == .bind, request.remote == nil, !request.reuseAddress else { return nil }
        return "SO_REUSEADDR before bind()\(flag(.reuseAddress)) if the earlier socket had it too"
    }

    private func refusalRemedy(_ listeners: [PortHolder]) -> String {
        guard let remote = request.remote, !listeners.isEmpty else {
            return "Start the server, or check host and port."
        }
        if listeners.contains(where: { $0.listens(at: remote) }) {
            return "Try again, and check whether a firewall rejects it: `nft list ruleset`."
        }
        return listeners.contains { $0.hasAddress(of: remote) }
            ? "Have it listen on every interface: connections to that address do not arrive on that one."
            : elsewhere(listeners[0], remote)
    }

    private func elsewhere(_ listener: PortHolder, _ remote: Endpoint) -> String {
        let address = listener.socket.local.address
        guard address.isAny else {
            return "Connect to the address where it listens, or have it listen on this one too."
        }
        // It has all addresses of the other family.
        let (name, example, other) =
            address.family == .v4 ? ("IPv4", "127.0.0.1", "IPv6") : ("IPv6", "::1", "IPv4")
        return "Connect to an \(name) address of this host, such as \(example), or have it listen for \(other) too."
    }

    private func flag(_ option: SocketOption) -> String { request.flags[option].map { " (\($0))" } ?? "" }
}
