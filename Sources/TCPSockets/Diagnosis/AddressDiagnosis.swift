/// Why bind(), listen() or connect() failed, found in the kernel's tables.
public struct AddressDiagnosis: Error, Sendable, CustomStringConvertible {
    public enum Reason: Sendable, Hashable {
        /// These sockets have the port, those first that stay as long as their program wants.
        case held([PortHolder])
        /// No ephemeral port is left.
        case portsExhausted(PortShortage)
        /// Local and remote end are the same: the socket connected to itself.
        case connectedToItself
        /// Ports below this one are for privileged programs.
        case privilegedPort(below: UInt16)
        /// A rule forbids it that no port, address or route explains: a sandbox, a security module, a BPF program.
        case forbidden
        /// A route forbids the destination (`prohibit`).
        case forbiddenByRoute
        /// This host cannot have that local address, or has none to call from.
        case unusableAddress(AddressFault)
        /// A link-local address without its interface.
        case interfaceMissing
        /// The peer's host answered RST. Where that is this host: the listeners that the port has.
        case refused([PortHolder])
        /// An ICMP error ended it. Where the destination is this host: the listeners that it would have met.
        case rejected(ICMPError, [PortHolder])
        /// No answer in time. Where the destination is this host: the listeners that the SYN met.
        case noAnswer([PortHolder])
        /// The address is a broadcast or multicast one: a connection has two ends, and no more.
        case notUnicast
        /// This host has no route to that address.
        case noRoute
        /// A route says that the destination cannot be reached (`unreachable`).
        case unreachableByRoute
        /// A route drops what goes there (`blackhole`).
        case droppedByRoute
        /// This kernel has no sockets of that family.
        case familyMissing
        /// This process has too few descriptors left to look for it.
        case unread(SocketError)
        /// The port, or the lack of one, is the cause, and no socket that can be seen explains it.
        case notFound
        /// The error has nothing to do with ports or addresses.
        case unexplained
    }

    public let error: SocketError
    public let request: AddressRequest
    public let reason: Reason

    /// Explains a failure, by reading the kernel's tables now.
    ///
    /// - Parameters:
    ///   - error: The failure.
    ///   - request: What the program had asked for.
    ///   - icmp: The ICMP error behind it, where one was found (`TCPSocket.icmpError`).
    public init(_ error: SocketError, of request: AddressRequest, icmp: ICMPError? = nil) {
        (self.error, self.request) = (error, request)
        do {
            try SpareDescriptors.check()
        } catch {
            reason = .unread(error)
            return
        }
        reason =
            switch error.call {
            case .connect: Self.reason(connect: error.errno, request, icmp)
            case .bind, .listen: Self.reason(bind: error.errno, request)
            case .socket where error.errno == .familyNotSupported: .familyMissing
            default: .unexplained
            }
    }

    /// A diagnosis that was made elsewhere; for tests.
    public init(_ error: SocketError, of request: AddressRequest, reason: Reason) {
        (self.error, self.request, self.reason) = (error, request, reason)
    }

    /// The diagnosis of a socket that is connected to itself, which connect() reports as success.
    public init(connectedToItself endpoint: Endpoint) {
        self.init(
            SocketError(.connect, .addressInUse, endpoint: endpoint),
            of: AddressRequest(local: endpoint, remote: endpoint), reason: .connectedToItself)
    }

    /// The failed call, on what, and the error number.
    public var description: String { error.description }

    /// Whether it passes by itself: what has the port, or the lack of ports.
    public var isToPass: Bool {
        switch reason {
        case .held(let holders): holders.allSatisfy(\.kind.isToPass)
        case .portsExhausted: true
        default: false
        }
    }
}
