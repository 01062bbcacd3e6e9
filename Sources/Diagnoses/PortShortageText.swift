package import TCPSockets

extension PortShortage {
    /// How many ports there are, and what has them.
    package var finding: String {
        let waiting =
            timeWait == 0 ? "none by TIME-WAIT" : taken == 1 ? "by TIME-WAIT" : "\(timeWait) of these by TIME-WAIT"
        guard pinned > 0 else { return "\(which) in use, \(waiting)\(rest)." }
        let owner = pinnedBy.map { ", most of them by \($0.inWords)" } ?? ""
        return
            "\(which) in use, \(waiting); \(pinned) of these by bind(), which pins a port for every "
            + "destination\(owner)\(rest)."
    }

    private var which: String {
        let ports = "\(range.lowerBound)-\(range.upperBound)" + (reserved > 0 ? ", less \(reserved) reserved" : "")
        if range.count == 1 { return "The only ephemeral port (\(range.lowerBound)) is" }
        return untried == 0
            ? "All \(taken) ephemeral ports (\(ports)) are"
            : "\(taken) of \(taken + untried) ephemeral ports (\(ports)) are"
    }

    /// The kernel steps by two, and so leaves out one port of an odd number.
    private var rest: String { untried == 0 ? "" : "; the kernel does not try all odd ports" }

    /// - Parameter flag: What sets IP_BIND_ADDRESS_NO_PORT in this program, in brackets.
    func remedy(_ flag: String) -> String {
        if pinned > 0 {
            return "Have that program set IP_BIND_ADDRESS_NO_PORT before its bind(address, 0), or widen \(widen)"
        }
        let set =
            "Set IP_BIND_ADDRESS_NO_PORT\(flag): bind() with port 0 needs a port that is free for every destination; "
        return switch noPort {
        case .helps: set + "connect() finds one that is free for this one. Or try again later."
        case .mayHelp:
            set + "connect() takes one that is free for this one, unless bind() fixed it for another. "
                + "Or try again later."
        case .doesNotHelp: "Try again later; let the other side close first; or widen \(widen)"
        }
    }

    private var widen: String { isOwnRange ? "the range of this socket." : "net.ipv4.ip_local_port_range." }
}
