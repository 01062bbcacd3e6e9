/// That all ephemeral ports are taken, and by what.
public struct PortShortage: Sendable, Hashable {
    public let range: ClosedRange<UInt16>
    public let isOwnRange: Bool
    /// How many ports of it are given to nobody who does not ask for them (net.ipv4.ip_local_reserved_ports).
    public let reserved: Int
    /// How many ports of the range sockets have that are in the way.
    public let taken: Int
    /// How many sockets in TIME-WAIT are among these.
    public let timeWait: Int
    /// How many of these ports have connections to other destinations alone: bind() has fixed them, and connect() passes
    /// over such a port whatever its destination (net/ipv4/inet_hashtables.c, __inet_hash_connect).
    public let pinned: Int
    /// The process that has the most of those.
    public let pinnedBy: SocketOwner?
    /// bind(address, 0) took no port, for it wants one that is free towards every destination; so many are free towards
    /// the one that the program has in mind, and connect() could choose among them (ip(7), IP_BIND_ADDRESS_NO_PORT).
    public let freeForConnect: Int

    public init(
        range: ClosedRange<UInt16>, isOwnRange: Bool = false, reserved: Int = 0, taken: Int, timeWait: Int,
        pinned: Int = 0,
        pinnedBy: SocketOwner? = nil, freeForConnect: Int = 0
    ) {
        (self.range, self.isOwnRange, self.taken, self.timeWait) = (range, isOwnRange, taken, timeWait)
        self.reserved = reserved
        (self.pinned, self.pinnedBy, self.freeForConnect) = (pinned, pinnedBy, freeForConnect)
    }

    /// Why connect() found no port, if that is for want of ports: fewer than all would not explain it.
    ///
    /// connect() fails where each port is listened on, or only bound, or has a connection to the same destination, or is
    /// pinned. So where it failed, and all ports are in use, those of which only the last can be true are pinned.
    init?(connecting request: AddressRequest, among ports: EphemeralPorts, in entries: [SocketEntry]) {
        let there = entries.filter { ports.contains($0.local.port) }
        let direct = there.filter { $0.keepsPortFromAll || $0.remote.unmapped == request.remote?.unmapped }
        let directPorts = Set(direct.map(\.local.port))
        let others = there.filter { !directPorts.contains($0.local.port) }
        let pinned = Set(others.map(\.local.port))
        let taken = directPorts.count + pinned.count
        guard taken > 0, taken + ports.untried >= ports.count else { return nil }
        self.init(
            range: ports.range, isOwnRange: ports.isOwnRange, reserved: ports.range.count - ports.count, taken: taken,
            timeWait: direct.count { $0.state == .timeWait }, pinned: pinned.count,
            pinnedBy: Self.mostFrequentOwner(of: others))
    }

    /// Why bind() with port 0 found no port. It wants one that no socket has whose address meets its own.
    init?(binding request: AddressRequest, among ports: EphemeralPorts, in entries: [SocketEntry]) {
        guard let claim = request.claim else { return nil }
        let there = entries.filter { ports.contains($0.local.port) }
        let met = there.filter { AddressClaim(of: $0).meets(claim) }
        let taken = Set(met.map(\.local.port))
        guard !taken.isEmpty, taken.count + ports.untried >= ports.count else { return nil }
        let towards = there.filter { $0.keepsPortFromAll || $0.remote.unmapped == request.remote?.unmapped }
        self.init(
            range: ports.range, isOwnRange: ports.isOwnRange, reserved: ports.range.count - ports.count,
            taken: taken.count,
            timeWait: met.count { $0.state == .timeWait },
            freeForConnect: request.remote == nil ? 0 : ports.count - Set(towards.map(\.local.port)).count)
    }

    private static func mostFrequentOwner(of sockets: [SocketEntry]) -> SocketOwner? {
        let owners = SocketOwners(of: Set(sockets.map(\.inode)))
        var counts: [SocketOwner: Int] = [:]
        for socket in sockets { if let owner = owners[socket.inode] { counts[owner, default: 0] += 1 } }
        return counts.max { ($0.value, $1.key.process) < ($1.value, $0.key.process) }?.key
    }
}

extension SocketEntry {
    /// Whether connect() passes over its port whatever the destination: a listener's, or one that is bound
    /// (net/ipv4/inet_hashtables.c, __inet_hash_connect).
    fileprivate var keepsPortFromAll: Bool { state == .listen || state == .closed }
}
