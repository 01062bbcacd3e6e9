/// That all ephemeral ports are taken, and by what.
public struct PortShortage: Sendable, Hashable {
    /// Whether IP_BIND_ADDRESS_NO_PORT lets connect() find a port where bind(address, 0) found none.
    public enum NoPort: Sendable, Hashable {
        /// It does: connect() was asked.
        case helps
        /// Some ports have connections to other destinations only, and connect() could not be asked whether bind() has
        /// fixed these.
        case mayHelp
        case doesNotHelp
    }

    public let range: ClosedRange<UInt16>
    public let isOwnRange: Bool
    /// How many ports of it are given to nobody who does not ask for them (net.ipv4.ip_local_reserved_ports).
    public let reserved: Int
    /// How many ports of the range sockets have that are in the way.
    public let taken: Int
    /// How many of these ports TIME-WAIT alone keeps.
    public let timeWait: Int
    /// How many of these ports have only connections that are not in the way: bind() has fixed them, and connect() passes
    /// over such a port whatever the ends (net/ipv4/inet_hashtables.c, __inet_hash_connect).
    public let pinned: Int
    /// The process that has the most of those.
    public let pinnedBy: SocketOwner?
    public let noPort: NoPort

    public init(
        range: ClosedRange<UInt16>, isOwnRange: Bool = false, reserved: Int = 0, taken: Int, timeWait: Int,
        pinned: Int = 0, pinnedBy: SocketOwner? = nil, noPort: NoPort = .doesNotHelp
    ) {
        (self.range, self.isOwnRange, self.taken, self.timeWait) = (range, isOwnRange, taken, timeWait)
        self.reserved = reserved
        (self.pinned, self.pinnedBy, self.noPort) = (pinned, pinnedBy, noPort)
    }

    /// How many ports of the range are free, and were not tried.
    package var untried: Int { max(0, range.count - reserved - taken) }

    /// Why connect() found no port, if that is for want of ports: fewer than all would not explain it.
    ///
    /// connect() fails where each port is listened on, or only bound, or has a connection between the same ends, or is
    /// pinned. So where it failed, and all ports are in use, those of which only the last can be true are pinned.
    init?(connecting request: AddressRequest, among ports: EphemeralPorts, in entries: [SocketEntry]) {
        let there = entries.filter { ports.contains($0.local.port) }
        let direct = Self.inTheWay(of: request, among: there)
        let directPorts = Set(direct.map(\.local.port))
        let others = there.filter { !directPorts.contains($0.local.port) }
        let pinned = Set(others.map(\.local.port))
        let taken = directPorts.count + pinned.count
        guard taken > 0, taken + ports.untriedByConnect >= ports.count else { return nil }
        self.init(
            range: ports.range, isOwnRange: ports.isOwnRange, reserved: ports.range.count - ports.count, taken: taken,
            timeWait: Self.timeWaitPorts(direct), pinned: pinned.count, pinnedBy: Self.mostFrequentOwner(of: others))
    }

    /// Why bind() with port 0 found no port. It wants one that no socket has whose address meets its own.
    init?(binding request: AddressRequest, among ports: EphemeralPorts, in entries: [SocketEntry]) {
        guard let claim = request.claim else { return nil }
        let there = entries.filter { ports.contains($0.local.port) }
        let met = there.filter { AddressClaim(of: $0).meets(claim) }
        let taken = Set(met.map(\.local.port))
        guard !taken.isEmpty, taken.count + ports.untriedByBind >= ports.count else { return nil }
        let noPort = Self.noPort(
            request,
            isWithinReach: {
                Set(Self.inTheWay(of: request, among: there).map(\.local.port)).count < ports.count
            })
        // What keeps connect() from them too is the better answer.
        if noPort == .doesNotHelp, request.remote != nil,
            let shortage = PortShortage(connecting: request, among: ports, in: entries), shortage.pinned > 0
        {
            self = shortage
            return
        }
        self.init(
            range: ports.range, isOwnRange: ports.isOwnRange, reserved: ports.range.count - ports.count,
            taken: taken.count, timeWait: Self.timeWaitPorts(met), noPort: noPort)
    }

    private static func noPort(_ request: AddressRequest, isWithinReach: () -> Bool) -> NoPort {
        guard let remote = request.remote, isWithinReach() else { return .doesNotHelp }
        return ConnectProbe.findsPort(request, to: remote).map { $0 ? .helps : .doesNotHelp } ?? .mayHelp
    }

    /// The sockets that keep connect() from their ports whether or not bind() has fixed these: connections between the
    /// same ends, and sockets without a connection.
    private static func inTheWay(of request: AddressRequest, among sockets: [SocketEntry]) -> [SocketEntry] {
        let chosen = request.local.flatMap { $0.address.isAny ? nil : $0.address }
        let source = (chosen ?? request.remote.flatMap { ConnectProbe.source(to: $0) })?.unmapped
        return sockets.filter { socket in
            socket.keepsPortFromAll
                || socket.remote.unmapped == request.remote?.unmapped
                    && (source == nil || socket.local.address.unmapped == source)
        }
    }

    private static func timeWaitPorts(_ sockets: [SocketEntry]) -> Int {
        Set(sockets.map(\.local.port)).subtracting(sockets.filter { $0.state != .timeWait }.map(\.local.port)).count
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
