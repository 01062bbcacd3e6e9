import TCPSockets

/// The holders of a port that a reader takes for one: sockets alike at one address, such as the members of an SO_REUSEPORT
/// group (socket(7)).
struct PortHolderGroup {
    private(set) var members: [PortHolder]
    private var first: PortHolder { members[0] }

    /// How many of its processes are told by name.
    private static let named = 5

    /// What they are and who has them, as a part of a sentence.
    var sentence: String {
        guard members.count > 1 else { return first.sentence }
        let what =
            first.kind == .listener
            ? "is listening on \(members.count) sockets" : "is bound by \(members.count) sockets"
        return "\(first.socket.local) \(what)\(first.families)\(first.onlyBy)\(by)"
    }

    private var by: String {
        let owners = members.map(\.owner).reduce(into: [SocketOwner?]()) { if !$0.contains($1) { $0.append($1) } }
        let known = owners.compactMap(\.self)
        guard known.count == owners.count, known.count > 1 else {
            return members.map(\.by).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined()
        }
        let more = known.count - Self.named
        return ", held by " + known.prefix(Self.named).map(\.inWords).joined(separator: ", ")
            + (more > 0 ? " and \(more) other process\(more == 1 ? "" : "es")" : "")
            + (known.contains { $0.others > 0 } ? ", and by processes that share these" : "")
    }

    private func takes(_ holder: PortHolder) -> Bool {
        (holder.kind == .listener || holder.kind == .bound) && holder.kind == first.kind
            && holder.socket.local == first.socket.local && holder.socket.interface == first.socket.interface
            && holder.socket.isIPv6Only == first.socket.isIPv6Only
    }

    static func groups(of holders: [PortHolder]) -> [PortHolderGroup] {
        holders.reduce(into: []) { groups, holder in
            if let index = groups.firstIndex(where: { $0.takes(holder) }) {
                groups[index].members.append(holder)
            } else {
                groups.append(PortHolderGroup(members: [holder]))
            }
        }
    }
}

extension [PortHolder] {
    /// What they are and who has them, without a full stop; of many the first three groups.
    ///
    /// - Parameter reason: What to say behind a group, of its first member.
    func told(_ reason: (PortHolder) -> String = { _ in "" }) -> String {
        let groups = PortHolderGroup.groups(of: self)
        let told = groups.prefix(3).map { $0.sentence + reason($0.members[0]) }
        let more = groups.dropFirst(3).reduce(0) { $0 + $1.members.count }
        return told.joined(separator: "; ")
            + (more == 0
                ? "" : more == 1 ? "; and 1 more socket has the port" : "; and \(more) more sockets have the port")
    }

    /// What to do about their programs.
    var programRemedy: String {
        let owners = Set(compactMap(\.owner))
        let known = allSatisfy { $0.owner != nil }
        guard let one = first, owners.count > 1 || !known && count > 1 else { return first?.programRemedy ?? "" }
        if contains(where: { if case .hidden = $0.possession { true } else { false } }) {
            return "Run this as root to see which programs these are, or use another port."
        }
        guard known else { return one.programRemedy }
        return owners.contains(where: \.isStopped)
            ? "End all of these processes (a stopped one needs kill -KILL) or use another port."
            : "Stop all of these processes or use another port."
    }
}
