public import TCPSockets

/// Who has a port of this machine, read from the kernel's table.
public struct PortView: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case listener, connection, closingDown, timeWait, bound
    }

    public struct Holder: Sendable, Hashable {
        public let kind: Kind
        public let socket: SocketEntry
        public let owner: SocketOwner?
    }

    /// Connections from automatic ports of this machine to the port, wherever that is.
    public struct Outward: Sendable, Hashable {
        public let destination: Destination
        public var isExhausted: Bool { destination.free == 0 && !destination.rates.reusesNow }
    }

    public let port: UInt16
    /// Those first that keep others from the port whatever they do.
    public let holders: [Holder]
    /// The fewest free ports first.
    public let outward: [Outward]
    public let hiddenProcesses: Int

    /// - Parameters:
    ///   - entries: The kernel's table.
    ///   - owners: Finds the processes of some of the sockets.
    public init(
        of port: UInt16, in entries: [SocketEntry], settings: NetworkSettings,
        owners: (Set<UInt32>) -> SocketOwners = { SocketOwners(of: $0) }
    ) {
        self.port = port
        let held = entries.filter { $0.local.port == port }
        let owners = owners(Set(held.map(\.inode)))
        holders = held.map { Holder(kind: Kind($0), socket: $0, owner: owners[$0.inode]) }.sorted {
            $0.order < $1.order
        }
        hiddenProcesses = owners.hiddenProcesses
        outward = Exposure(entries, settings: settings).destinations
            .filter { $0.route.destination.port == port }.map(Outward.init)
    }

    /// Reads the table of this process' network namespace.
    ///
    /// - Throws: `SocketError`.
    public static func read(_ port: UInt16) throws -> PortView {
        PortView(of: port, in: try SocketTable().entries(), settings: .read())
    }

    /// Whether a program, or a connection that is not over, has the port.
    public var isHeldByTheLiving: Bool { holders.contains { $0.kind != .timeWait && $0.kind != .closingDown } }
    /// Whether what has it, or the lack of ports towards it, passes by itself.
    public var isToPass: Bool { !isHeldByTheLiving && (!holders.isEmpty || outward.contains(where: \.isExhausted)) }
}

extension PortView.Kind {
    init(_ socket: SocketEntry) {
        switch socket.state {
        case .listen: self = .listener
        case .timeWait: self = .timeWait
        case .closed: self = .bound
        default: self = socket.inode == 0 && socket.state.isClosingDown ? .closingDown : .connection
        }
    }
}

extension PortView.Holder {
    /// Listeners, connections, bound sockets; then what passes, the longest first.
    fileprivate var order: (Int, Duration, UInt128, UInt16) {
        let place: Int =
            switch kind {
            case .listener: 0
            case .connection: 1
            case .bound: 2
            case .closingDown: 3
            case .timeWait: 4
            }
        let left = socket.timer?.remaining ?? .zero
        return (place, .zero - (kind == .timeWait ? left : .zero), socket.remote.address.bits, socket.remote.port)
    }
}
