public import TCPSockets

/// Who has a port of this machine, and what else goes by its number, read from the kernel's tables.
public struct PortView: Sendable {
    /// Connections from automatic ports of this machine to the port, wherever that is.
    public struct Outward: Sendable, Hashable {
        public let destination: Destination
        public var isExhausted: Bool { destination.free == 0 && !destination.rates.reusesNow }
    }

    public let port: UInt16
    /// Those first that keep others from the port whatever they do.
    public let holders: [PortHolder]
    /// UDP sockets at the same number: UDP's ports are its own, and in nobody's way here.
    public let datagrams: [PortHolder]
    /// Unix sockets that listen under a name with that number in it: they have no port.
    public let unixNames: [String]
    /// The fewest free ports first.
    public let outward: [Outward]
    public let hiddenProcesses: Int

    /// - Parameters:
    ///   - entries: The kernel's table of TCP sockets.
    ///   - datagrams: That of UDP sockets.
    ///   - owners: Finds the processes of some of the sockets.
    public init(
        of port: UInt16, in entries: [SocketEntry], datagrams: [SocketEntry] = [], unixNames: [String] = [],
        settings: NetworkSettings, owners: (Set<UInt32>) -> SocketOwners = { SocketOwners(of: $0) }
    ) {
        let tcp = PortHolders(of: port, in: entries, owners: owners)
        let udp = PortHolders(of: port, in: datagrams, owners: owners)
        (self.port, holders, self.datagrams) = (port, tcp.all, udp.all)
        self.unixNames = unixNames
        hiddenProcesses = max(tcp.hiddenProcesses, udp.hiddenProcesses)
        outward = Exposure(entries, settings: settings).destinations
            .filter { $0.route.destination.port == port }.map(Outward.init)
    }

    /// Reads the tables of this process' network namespace.
    ///
    /// - Throws: `SocketError`.
    public static func read(_ port: UInt16) throws -> PortView {
        let table = try SocketTable()
        return PortView(
            of: port, in: try table.entries(), datagrams: try table.datagramEntries(),
            unixNames: UnixListeners.read().names(with: port), settings: .read())
    }

    /// Whether a program, or a connection that is not over, has the port.
    public var isHeldByTheLiving: Bool { holders.contains { !$0.kind.isToPass } }
    /// Whether what has it, or the lack of ports towards it, passes by itself.
    public var isToPass: Bool { !isHeldByTheLiving && (!holders.isEmpty || outward.contains(where: \.isExhausted)) }
}
