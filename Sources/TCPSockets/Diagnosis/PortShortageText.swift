extension PortShortage {
    /// How many ports there are, and what has them.
    var finding: String {
        let which =
            range.count == 1
            ? "The only ephemeral port (\(range.lowerBound)) is"
            : "All \(taken) ephemeral ports (\(range.lowerBound)-\(range.upperBound)"
                + (reserved > 0 ? ", less \(reserved) reserved) are" : ") are")
        let waiting =
            timeWait == 0 ? "none by TIME-WAIT" : taken == 1 ? "by TIME-WAIT" : "\(timeWait) of these by TIME-WAIT"
        guard pinned > 0 else { return "\(which) in use, \(waiting)." }
        let owner = pinnedBy.map { ", most of them by \($0)" } ?? ""
        return
            "\(which) in use, \(waiting); \(pinned) of these by bind(), which pins a port for every destination\(owner)."
    }

    /// - Parameter flag: What sets IP_BIND_ADDRESS_NO_PORT in this program, in brackets.
    func remedy(_ flag: String) -> String {
        if pinned > 0 {
            return "Have that program set IP_BIND_ADDRESS_NO_PORT before its bind(address, 0), or widen \(widen)"
        }
        guard freeForConnect > 0 else {
            return "Try again later; let the other side close first; or widen \(widen)"
        }
        return
            "Set IP_BIND_ADDRESS_NO_PORT\(flag): bind() with port 0 wants a port that is free for every destination, and "
            + "connect() may have one of the \(freeForConnect) that are free for this one. Or try again later."
    }

    private var widen: String { isOwnRange ? "the range of this socket." : "net.ipv4.ip_local_port_range." }
}
