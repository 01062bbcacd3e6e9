/// What a program asked the kernel for when bind(), listen() or connect() failed.
public struct AddressRequest: Sendable, Hashable {
    /// The local address of bind(); port 0 where the kernel was to choose, nil where bind() was not called.
    public var local: Endpoint?
    /// Where connect() goes, or will go.
    public var remote: Endpoint?
    /// SO_REUSEADDR was set.
    public var reuseAddress: Bool
    /// IP_LOCAL_PORT_RANGE, where it was set.
    public var portRange: BindMode.PortRange?
    /// IPV6_V6ONLY. What a new socket has by itself is net.ipv6.bindv6only.
    public var isIPv6Only: Bool
    /// What the user of this program writes to have a socket option, or leaves out: a remedy that names the option
    /// names this too.
    public var flags: [SocketOption: String]

    public init(
        local: Endpoint?, remote: Endpoint? = nil, reuseAddress: Bool = false,
        portRange: BindMode.PortRange? = nil, isIPv6Only: Bool? = nil, flags: [SocketOption: String] = [:]
    ) {
        (self.local, self.remote, self.reuseAddress) = (local, remote, reuseAddress)
        (self.portRange, self.flags) = (portRange, flags)
        self.isIPv6Only = isIPv6Only ?? PortSettings.isIPv6OnlyByDefault
    }

    /// The same, as a bind mode says it.
    public init(_ mode: BindMode, to remote: Endpoint, flags: [SocketOption: String] = [:]) {
        self.init(
            local: mode.endpoint(for: remote.address.family), remote: remote, reuseAddress: mode.reuseAddress,
            portRange: mode.portRange, flags: flags)
    }

    /// The local end with the port that was asked for, if one was.
    var fixedEnd: Endpoint? { local.flatMap { $0.port == 0 ? nil : $0 } }

    package var claim: AddressClaim? {
        local.map { AddressClaim($0.address, isIPv6Only: isIPv6Only, interface: $0.address.scope) }
    }
}
