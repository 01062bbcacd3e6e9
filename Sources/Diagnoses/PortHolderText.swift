package import TCPSockets

extension PortHolder {
    /// Who has it open, to stand behind what it is, such as `, held by chat-server (process 12) and 1 other process`;
    /// nothing where it is the kernel's alone.
    package var by: String {
        switch possession {
        case .open(let owner): ", held by \(owner.inWords)" + (owner.others == 0 ? "" : " and \(owner.othersInWords)")
        case .kernel: ""
        case .queued: ", not yet accepted"
        case .inFlight(let owners):
            ", held by no visible process; descriptors are in transit in a Unix socket of "
                + owners.prefix(3).map(\.inWords).joined(separator: ", ")
        case .hidden(let user, _): ", held by a process of user \(user) that this user cannot see"
        case .elsewhere:
            ", held by no process in this /proc: perhaps by the kernel (for a tunnel or NFS), or by a process in "
                + "another container"
        }
    }

    /// Of a listener, or a bound socket, on `::`: whether it has the port for IPv4 too.
    package var families: String {
        guard kind == .listener || kind == .bound, socket.local.address == .anyV6 else { return "" }
        return socket.isIPv6Only
            ? ", for IPv6 only (its IPV6_V6ONLY is on)" : ", for IPv4 too (its IPV6_V6ONLY is off)"
    }

    /// The only interface by which it hears; nothing where it hears by all, or its address says so (socket(7),
    /// SO_BINDTODEVICE).
    package var onlyBy: String {
        socket.interface == 0 || socket.local.address.scope != 0
            ? "" : ", on the interface \(interfaceName(socket.interface)) only (SO_BINDTODEVICE)"
    }

    /// What it is and who has it, as a part of a sentence.
    var sentence: String {
        switch kind {
        case .listener: "\(socket.local) is listening\(families)\(onlyBy)\(by)"
        case .connection: "\(socket.local.unmapped) → \(socket.remote.unmapped) is \(socket.state)\(by)"
        case .bound: "\(socket.local) is bound, without a connection\(families)\(onlyBy)\(by)"
        case .closingDown: "\(socket.inWords): \(whyItStays)"
        case .timeWait: socket.inWords
        }
    }

    /// What a connection still waits for that no program has any more.
    package var whyItStays: String {
        socket.state == .finWait2
            ? "closed here, and its peer has not closed" : "closed here, and its peer has not acknowledged everything"
    }

    /// What to do about its program.
    package var programRemedy: String {
        switch possession {
        case .open(let owner) where owner.isStopped && owner.others > 0:
            "That process is stopped: continue it (kill -CONT \(owner.process)), or end it (kill -KILL "
                + "\(owner.process)) and the others, since each keeps the port. Or use another port."
        case .open(let owner) where owner.isStopped:
            "That program is stopped: continue it (kill -CONT \(owner.process)) or end it (kill -KILL "
                + "\(owner.process)), or use another port."
        case .open(let owner) where owner.others > 0: "Stop all of these processes or use another port."
        case .inFlight: "Check whether that program should receive it, or use another port."
        case .hidden: "Run this as root to see which program that is, or use another port."
        case .elsewhere:
            "Check the kernel's tunnels (`ip -d link`) and other containers, or use another port."
        default: "Stop that program or use another port."
        }
    }
}
