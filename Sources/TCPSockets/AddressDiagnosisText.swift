extension AddressDiagnosis: CustomStringConvertible {
    /// Three sentences: the failed call, what was found, what to do.
    public var description: String {
        if reason == .connectedToItself, let endpoint = error.endpoint {
            return "connect \(endpoint): \(finding) \(remedy)"
        }
        return "\(error). \(finding) \(remedy)"
    }

    /// What the kernel's table shows.
    public var finding: String {
        switch reason {
        case .timeWait(let entry, let others):
            "\(entry)\(others > 0 ? ", and \(others) more in TIME-WAIT on this port" : "")."
        case .closingDown(let entry): "\(entry), closed by a program that has gone."
        case .listener(let entry, let owner): "\(entry.local) is listening\(by(owner))."
        case .connection(let entry, let owner): "\(entry.local) → \(entry.remote) is \(entry.state)\(by(owner))."
        case .bound(let entry, let owner): "\(entry.local) is bound, without a connection\(by(owner))."
        case .portsExhausted(let range, let taken, let timeWait, _):
            "Of the automatic ports \(range.lowerBound)-\(range.upperBound) (\(range.count)), \(taken) \(taken == 1 ? "is" : "are") taken, "
                + "\(timeWait) of these by TIME-WAIT."
        case .connectedToItself:
            "The socket is connected to itself: its own port is the port it called, and nothing listens there."
        case .privilegedPort(let first): "Ports below \(first) are for privileged programs."
        case .addressNotLocal: "No interface of this host has that address."
        case .refused: "The host answered RST: nothing listens on that port."
        case .noAnswer: "The host did not answer in time."
        case .noRoute: "There is no route to that address, from here or on the way."
        case .notFound: "The kernel's socket table shows nothing that explains it."
        }
    }

    /// What helps, the least harmful first.
    public var remedy: String {
        switch reason {
        case .timeWait(let entry, _):
            "Try again in \(entry.timer?.remaining.inTenths ?? "60") s, or take another port; it does not happen "
                + "when the other side closes first."
        case .listener, .connection, .bound: "Stop that program or take another port."
        case .closingDown(let entry):
            "Try again \(entry.timer.map { "in \($0.remaining.inTenths) s" } ?? "later"), or take another port; it passes "
                + "by itself."
        case .portsExhausted(_, _, _, let isOwnRange):
            "Try again later; let the other side close first; or widen "
                + (isOwnRange ? "the range of this socket." : "net.ipv4.ip_local_port_range.")
        case .connectedToItself: "Start the server first, and give the client another port."
        case .privilegedPort(let first): "Take a port from \(first) on, or grant CAP_NET_BIND_SERVICE."
        case .addressNotLocal: "Take one of the addresses that `ip address` lists."
        case .refused: "Start the server, or check host and port."
        case .noRoute: "Check the address, and the route with `ip route get`."
        case .noAnswer: "Check the address, the route and any firewall between."
        case .notFound: "If it has to do with the port, the cause may have passed meanwhile: try again."
        }
    }

    private func by(_ owner: SocketOwner?) -> String {
        owner.map { ", held by \($0)" } ?? ""
    }
}
