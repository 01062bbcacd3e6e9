/// The ports among which the kernel chooses for one socket (ip(7)).
public struct EphemeralPorts: Sendable, Hashable {
    public let range: ClosedRange<UInt16>
    /// Whether the range is the socket's own, by IP_LOCAL_PORT_RANGE.
    public let isOwnRange: Bool
    /// Those of the range that the kernel gives to nobody who does not ask for them.
    package let reserved: PortList

    /// How many there are to be given.
    public var count: Int { range.count - reserved.count(in: range) }

    /// How many of them connect() may leave untried. It steps by two through an even number of ports, and of an odd one
    /// leaves out the first or the last, but steps by one through a socket's own range (net/ipv4/inet_hashtables.c,
    /// __inet_hash_connect).
    var untriedByConnect: Int { !isOwnRange && range.count > 1 && range.count % 2 == 1 ? 1 : 0 }

    /// The same of bind() with port 0, which steps by two through every range (net/ipv4/inet_connection_sock.c,
    /// inet_csk_find_open_port).
    var untriedByBind: Int { range.count > 1 && range.count % 2 == 1 ? 1 : 0 }

    package func contains(_ port: UInt16) -> Bool { range.contains(port) && !reserved.contains(port) }

    init(range: ClosedRange<UInt16>, isOwnRange: Bool = false, reserved: PortList = PortList("")) {
        (self.range, self.isOwnRange, self.reserved) = (range, isOwnRange, reserved)
    }

    /// - Parameters:
    ///   - range: What net.ipv4.ip_local_port_range has; the kernel's own default counts where that is no range.
    ///   - reserved: What net.ipv4.ip_local_reserved_ports has.
    package init(range: String?, reserved: String?) {
        let ends = (range ?? "").split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
        let isRange = ends.count == 2 && ends[0] <= ends[1]
        self.init(range: isRange ? ends[0]...ends[1] : 32_768...60_999, reserved: PortList(reserved ?? ""))
    }

    /// Those of this network namespace, for a socket that has set IP_LOCAL_PORT_RANGE or not.
    public init(of own: BindMode.PortRange?) {
        let system = PortSettings.ephemeral
        self.init(
            range: own.map { Self.effective($0, within: system.range) } ?? system.range, isOwnRange: own != nil,
            reserved: system.reserved)
    }

    /// What the kernel makes of IP_LOCAL_PORT_RANGE: each bound counts only where it lies in net.ipv4.ip_local_port_range,
    /// and the system's own counts in its place elsewhere (net/ipv4/inet_connection_sock.c,
    /// inet_sk_get_local_port_range).
    static func effective(_ own: BindMode.PortRange, within system: ClosedRange<UInt16>) -> ClosedRange<UInt16> {
        let low = system.contains(own.lowerBound) ? own.lowerBound : system.lowerBound
        let high = low <= own.upperBound && own.upperBound <= system.upperBound ? own.upperBound : system.upperBound
        return low...high
    }
}
