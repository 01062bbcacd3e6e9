/// Who chooses the local address and port of a client, and under which options: everything that comes
/// between socket() and connect().
public struct BindMode: Hashable, Sendable {
    /// The first and last port that one socket may take automatically.
    public typealias PortRange = ClosedRange<UInt16>

    /// The local address; nil for the one that the route to the server gives.
    public var address: IPAddress?
    /// The local port; nil leaves it to the kernel.
    public var port: UInt16?
    /// SO_REUSEADDR before bind().
    public var reuseAddress = false
    /// IP_BIND_ADDRESS_NO_PORT before bind(): the address is fixed, the port is chosen at connect().
    public var withoutPort = false
    /// IP_LOCAL_PORT_RANGE: the ports among which the kernel chooses.
    public var portRange: PortRange?

    public init(
        address: IPAddress? = nil, port: UInt16? = nil, reuseAddress: Bool = false, withoutPort: Bool = false,
        portRange: PortRange? = nil
    ) {
        self.address = address
        self.port = port
        self.reuseAddress = reuseAddress
        self.withoutPort = withoutPort
        self.portRange = portRange
    }

    /// No bind() at all: connect() takes a free port of net.ipv4.ip_local_port_range (ip(7)).
    public static let implicit = BindMode()

    /// A fixed port, as in the article that started it.
    public static func explicit(port: UInt16, reuseAddress: Bool = false) -> BindMode {
        BindMode(port: port, reuseAddress: reuseAddress)
    }

    /// The address for bind(), or nil where bind() is not called.
    public func endpoint(for family: IPAddress.Family) -> Endpoint? {
        guard address != nil || port != nil else { return nil }
        let any: IPAddress = family == .v4 ? .anyV4 : .anyV6
        return Endpoint(address ?? any, port: port ?? 0)
    }
}

extension TCPSocket {
    /// Sets the options of a bind mode and binds, if the mode says so.
    ///
    /// - Throws: `SocketError`, `OptionNotTaken`.
    public borrowing func bind(_ mode: BindMode, family: IPAddress.Family) throws {
        if mode.reuseAddress { try set(.reuseAddress, to: 1) }
        if mode.withoutPort { try set(.bindAddressNoPort, to: 1) }
        if let range = mode.portRange {
            let bits = UInt32(range.upperBound) << 16 | UInt32(range.lowerBound)
            try set(.localPortRange, to: CInt(bitPattern: bits))
        }
        if let endpoint = mode.endpoint(for: family) { try bind(to: endpoint) }
    }
}
