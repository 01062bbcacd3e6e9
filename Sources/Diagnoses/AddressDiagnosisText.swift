package import TCPSockets

extension AddressDiagnosis {
    /// Three sentences: the failed call, what was found, what to do.
    package var inWords: String {
        if reason == .connectedToItself, let endpoint = error.endpoint {
            return "connect \(endpoint): \(finding) \(remedy)"
        }
        return reason == .unexplained ? "\(error)" : "\(error). \(finding) \(remedy)"
    }

    /// What the kernel's tables show; empty where they have nothing to do with it.
    package var finding: String {
        switch reason {
        case .held(let holders): finding(holders)
        case .portsExhausted(let shortage): shortage.finding
        case .connectedToItself:
            "The socket is connected to itself: its local port is the port it connected to, and nothing listens there."
        case .privilegedPort(let first): "Ports below \(first) are for privileged programs."
        case .forbidden:
            "A security policy (such as Landlock, SELinux, AppArmor or a BPF program) forbids it, not a port or a route."
        case .forbiddenByRoute: "A route forbids that destination (prohibit)."
        case .unusableAddress(let fault): fault.finding
        case .interfaceMissing: "A link-local address needs its interface, as in fe80::1%eth0."
        case .refused(let listeners): refusal(listeners)
        case .rejected(let icmp, let listeners):
            "\(icmp.inWords)." + (listeners.isEmpty ? "" : " \(listeners.told()).")
        case .noAnswer(let listeners): silence(listeners)
        case .notUnicast: "That is a broadcast or multicast address, and TCP cannot connect to it."
        case .unreachableByRoute: "A route rejects that destination (unreachable)."
        case .noRoute: "This host has no route to that address."
        case .droppedByRoute: "A route drops all packets to that destination (blackhole)."
        case .familyMissing: "This kernel has no sockets of that address family."
        case .unread(let error): "The reason could not be looked up: \(error)."
        case .notFound: "No socket on this machine explains it."
        case .unexplained: ""
        }
    }

    private func finding(_ holders: [PortHolder]) -> String {
        guard let first = holders.first else { return "" }
        if first.kind == .timeWait {
            let others = holders.count - 1
            return "\(first.socket.inWords)\(others > 0 ? ", and \(others) more in TIME-WAIT on this port" : "")."
        }
        return holders.told(bothFamilies) + "."
    }

    /// Why an IPv4 socket is in the way of an IPv6 one; the other way round the socket says it of itself.
    private func bothFamilies(_ holder: PortHolder) -> String {
        guard let claim = request.claim, claim.takesBothFamilies, AddressClaim(of: holder.socket).takesIPv4Only else {
            return ""
        }
        return ", and this \(error.call.rawValue)() is for IPv4 too (IPV6_V6ONLY is off)"
    }

    private func refusal(_ listeners: [PortHolder]) -> String {
        guard let remote = request.remote, !listeners.isEmpty else {
            return "The host answered RST: nothing listens on that port."
        }
        if let there = listeners.first(where: { $0.listens(at: remote) }) {
            return "RST came, although \(there.sentence): a firewall sent it, or that program began to listen just now."
        }
        let missing = listeners.contains { $0.hasAddress(of: remote) } ? "accepts it there" : "listens at that address"
        return "The host answered RST: nothing \(missing). \(listeners.told())."
    }

    private func waiting(_ count: Int) -> String { count == 1 ? "1 connection waits" : "\(count) connections wait" }

    private func silence(_ listeners: [PortHolder]) -> String {
        if let full = listeners.first(where: \.hasFullQueue) {
            return "\(full.sentence), and its queue is full: \(waiting(full.socket.receiveQueue)) for accept()."
        }
        guard !listeners.isEmpty else { return "The host did not answer in time." }
        return "No answer came in time, although \(listeners.told()), and its queue has room now."
    }
}
