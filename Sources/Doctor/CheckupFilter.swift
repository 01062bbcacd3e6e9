package import TCPSockets

/// Which sockets a checkup is about.
package struct CheckupFilter: Sendable, Hashable {
    package var ports: Set<UInt16> = []
    package var peer: IPAddress?
    /// The name or the number of a process.
    package var process: String?

    package init(ports: Set<UInt16> = [], peer: IPAddress? = nil, process: String? = nil) {
        (self.ports, self.peer, self.process) = (ports, peer?.unmapped, process)
    }

    package var isEmpty: Bool { ports.isEmpty && peer == nil && process == nil }

    /// The entries that it is about. With them come the listeners at their local ports: whether a port is a listener's decides what
    /// its sockets take.
    ///
    /// - Parameter owners: Finds the processes of sockets. TIME-WAIT belongs to none.
    package func entries(of all: [SocketEntry], owners: (Set<UInt32>) -> SocketOwners = { SocketOwners(of: $0) })
        -> [SocketEntry]
    {
        guard !isEmpty else { return all }
        var wanted = all.filter { entry in
            guard ports.isEmpty || ports.contains(entry.local.port) || ports.contains(entry.remote.port) else {
                return false
            }
            return peer == nil || (!entry.isWithoutPeer && entry.remote.address.unmapped == peer)
        }
        if let process {
            let found = owners(Set(wanted.map(\.inode)))
            wanted = wanted.filter { entry in
                found[entry.inode].map { $0.name == process || "\($0.process)" == process } ?? false
            }
        }
        let isWanted = Set(wanted)
        let localPorts = Set(wanted.lazy.filter { !$0.isWithoutPeer }.map(\.local.port))
        return all.filter { isWanted.contains($0) || $0.state == .listen && localPorts.contains($0.local.port) }
    }
}

extension SocketEntry {
    fileprivate var isWithoutPeer: Bool { state == .listen || state == .closed }
}
