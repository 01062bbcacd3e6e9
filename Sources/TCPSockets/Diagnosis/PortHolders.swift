/// Who has a port of this machine: the one place that says it, for a diagnosis and for `chat-lab explain --port`.
public struct PortHolders: Sendable {
    public let port: UInt16
    /// Those first that keep others from the port whatever they do.
    public let all: [PortHolder]
    /// How many processes this user may not look into.
    public let hiddenProcesses: Int

    /// - Parameters:
    ///   - port: The port.
    ///   - entries: The kernel's table.
    ///   - owners: Finds the processes of some of the sockets.
    public init(
        of port: UInt16, in entries: [SocketEntry],
        owners: (Set<UInt32>) -> SocketOwners = { SocketOwners(of: $0) }
    ) {
        self.init(of: port, among: entries.filter { $0.local.port == port }, owners: owners)
    }

    private init(of port: UInt16, among held: [SocketEntry], owners: (Set<UInt32>) -> SocketOwners) {
        let owners = owners(Set(held.map(\.inode)))
        self.port = port
        all = held.map { PortHolder($0, owners.possession(of: $0)) }.sorted { $0.order < $1.order }
        hiddenProcesses = owners.hiddenProcesses
    }

    /// The sockets that keep a bind() or listen() from its address.
    ///
    /// A listener does so always; any other socket only where one of the two sockets lacks SO_REUSEADDR
    /// (net/ipv4/inet_connection_sock.c, inet_bind_conflict). The kernel's table does not tell whether a socket has set
    /// it, and its process' descriptor does: that is asked where more than one socket may be to blame.
    static func inTheWay(
        of request: AddressRequest, in entries: [SocketEntry],
        owners: (Set<UInt32>) -> SocketOwners = { SocketOwners(of: $0) }
    ) -> [PortHolder] {
        guard let end = request.fixedEnd, let claim = request.claim else { return [] }
        let met = entries.filter { $0.local.port == end.port && AddressClaim(of: $0).meets(claim) }
        let listeners = met.filter { $0.state == .listen }
        var blamed = request.reuseAddress && !listeners.isEmpty ? listeners : met
        var owners = owners
        if request.reuseAddress, listeners.isEmpty, met.count > 1 {
            let found = owners(Set(met.map(\.inode)))
            owners = { _ in found }
            blamed = met.filter { found.setsReuseAddress($0.inode) != true }
        }
        return PortHolders(of: end.port, among: blamed, owners: owners).all
    }

    /// The connections that have the two ends that connect() was to join. The local address is the route's to choose
    /// where bind() was not given one, so that only its port counts.
    static func between(_ local: Endpoint, _ remote: Endpoint, in entries: [SocketEntry]) -> [PortHolder] {
        let same = entries.filter {
            $0.local.port == local.port && $0.remote.unmapped == remote.unmapped
                && (local.address.isAny || local.address.unmapped == $0.local.address.unmapped)
        }
        return PortHolders(of: local.port, among: same, owners: { SocketOwners(of: $0) }).all
    }

    /// The listeners of a port, and whether a SYN to an address would meet one of them.
    static func listeners(of port: UInt16, in entries: [SocketEntry]) -> [PortHolder] {
        let listening = entries.filter { $0.local.port == port && $0.state == .listen }
        return PortHolders(of: port, among: listening, owners: { SocketOwners(of: $0) }).all
    }
}

extension PortHolder {
    /// Whether it listens, and connections to an address of this host are for it.
    package func listens(at destination: Endpoint) -> Bool {
        guard kind == .listener, socket.local.port == destination.port else { return false }
        return hasAddress(of: destination) && hears(destination)
    }

    /// Whether its address is that of a destination, or any of the family.
    package func hasAddress(of destination: Endpoint) -> Bool {
        // Without the interface, of which `hears` knows more.
        let mine = AddressClaim(socket.local.address, isIPv6Only: socket.isIPv6Only, interface: 0)
        return mine.meets(AddressClaim(destination.address, isIPv6Only: true, interface: 0))
    }

    /// Whether a connection from this host to an address of its own comes in by the listener's interface, where it has only
    /// one: it comes in by the one that has the address, although the loopback carries it (net/ipv4/route.c,
    /// ip_route_output_key_hash_rcu; net/ipv6/ip6_input.c, ipv6_rcv).
    func hears(_ destination: Endpoint) -> Bool {
        guard socket.interface != 0 else { return true }
        let address = destination.address.unmapped
        if address.scope != 0 { return address.scope == socket.interface }
        let name = interfaceName(socket.interface)
        return address.isLoopback
            ? name == "lo" : LocalAddress.all.contains { $0.address == address && $0.interface == name }
    }

    /// Whether the queue of a listener is full, so that the kernel drops new connections (net/ipv4/tcp_input.c,
    /// tcp_conn_request; include/net/sock.h, sk_acceptq_is_full).
    public var hasFullQueue: Bool { kind == .listener && socket.receiveQueue > socket.sendQueue }
}
