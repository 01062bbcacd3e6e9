package import TCPSockets

/// Who has a port of this machine, and what else goes by its number, read from the kernel's tables.
package struct PortView: Sendable {
    /// Connections from ephemeral ports of this machine to the port, wherever that is.
    package struct Outward: Sendable, Hashable {
        package let destination: DestinationPorts
        package var isExhausted: Bool { destination.free == 0 && !destination.rates.reusesNow }
    }

    package let port: UInt16
    /// Those first that keep others from the port whatever they do.
    package let holders: [PortHolder]
    /// UDP sockets at the same number: UDP's ports are its own, and in nobody's way here.
    package let datagrams: [PortHolder]
    /// Unix sockets that listen under a name with that number in it: they have no port.
    package let unixNames: [String]
    /// The fewest free ports first.
    package let outward: [Outward]
    package let hiddenProcesses: Int

    /// - Parameters:
    ///   - entries: The kernel's table of TCP sockets.
    ///   - datagrams: That of UDP sockets.
    ///   - owners: Finds the processes of some of the sockets.
    package init(
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
    package static func read(_ port: UInt16) throws -> PortView {
        try SpareDescriptors.check()
        let table = try SocketTable()
        return PortView(
            of: port, in: try table.entries(), datagrams: try table.datagramEntries(),
            unixNames: UnixSockets.read().names(with: port), settings: .read())
    }

    /// Whether a program, or a connection that is not over, has the port.
    package var isHeldByTheLiving: Bool { holders.contains { !$0.kind.isToPass } }
    /// Whether what has it, or the lack of ports towards it, passes by itself.
    package var isToPass: Bool { !isHeldByTheLiving && (!holders.isEmpty || outward.contains(where: \.isExhausted)) }
}
