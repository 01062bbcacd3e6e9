package import TCPSockets

/// What a machine's sockets and settings come to: counted, and nothing asked of the kernel.
package struct Exposure: Sendable {
    /// A remote address, and the sockets towards it.
    package struct Peer: Sendable, Hashable {
        package let address: IPAddress
        package let states: [TCPState: Int]
        package var count: Int { states.values.reduce(0, +) }
    }

    /// A destination, and the connections to it that wait in SYN-SENT.
    package struct Unanswered: Sendable, Hashable {
        package let destination: Endpoint
        package let count: Int
        /// Of how many the SYN was sent again, which takes a second and more.
        package let repeated: Int
    }

    package let settings: NetworkSettings
    /// How many sockets, in each state that occurs.
    package let states: [TCPState: Int]
    /// Those with the most sockets first.
    package let peers: [Peer]
    /// Those with the fewest free ports first.
    package let destinations: [DestinationPorts]
    /// Ports of the automatic range that a socket listens on or is bound to, and that no connect() is given therefore,
    /// whatever its destination (net/ipv4/inet_hashtables.c, __inet_hash_connect).
    package let portsKept: Set<UInt16>
    /// TIME-WAIT on ports that were not given automatically: a server's, on the port where it listens, or fixed ones.
    /// They use up no port.
    package let timeWaitAtFixedPorts: Int
    /// CLOSE-WAIT: the peer has closed, and a program here has not.
    package let unclosed: [SocketEntry]
    /// FIN-WAIT-2 without a program: closed here, and the peer has not.
    package let orphans: [SocketEntry]
    /// All that were closed here and still wait for their peer, in any state but TIME-WAIT.
    package let orphanCount: Int
    /// Those of them that tcp_max_orphans limits: a FIN-WAIT-2 with a TIME-WAIT timer is kept as a TIME-WAIT is
    /// (net/ipv4/tcp.c, __tcp_close: tcp_time_wait).
    package let fullOrphanCount: Int
    /// Destinations that left a SYN unanswered for so long that it was sent again, those with the most first.
    package let unanswered: [Unanswered]
    /// Listeners with more connections in their queue than its length: new ones are dropped.
    package let fullListeners: [SocketEntry]
    /// Listeners on a port that could also be given to a client.
    package let listenersInRange: [SocketEntry]

    package var count: Int { states.values.reduce(0, +) }

    package init(_ entries: [SocketEntry], settings: NetworkSettings) {
        self.settings = settings
        let listeners = entries.filter { $0.state == .listen }
        let listening = Set(listeners.map(\.local.port))
        let range = AutomaticPortSet(settings)
        var states: [TCPState: Int] = [:]
        var peers: [IPAddress: [TCPState: Int]] = [:]
        var routes: [Route: (timeWait: Int, live: Int)] = [:]
        var kept: Set<UInt16> = []
        var (atFixedPorts, orphanCount, fullOrphanCount) = (0, 0, 0)
        var (unclosed, orphans): ([SocketEntry], [SocketEntry]) = ([], [])
        var calls: [Endpoint: (count: Int, repeated: Int)] = [:]
        for entry in entries {
            states[entry.state, default: 0] += 1
            let isAutomatic = range.contains(entry.local.port)
            if entry.state == .listen || entry.state == .closed {
                if isAutomatic { kept.insert(entry.local.port) }
                continue
            }
            peers[entry.remote.address.unmapped, default: [:]][entry.state, default: 0] += 1
            switch entry.state {
            case .closeWait: unclosed.append(entry)
            case .synSent:
                let (count, repeated) = calls[entry.remote.unmapped] ?? (0, 0)
                calls[entry.remote.unmapped] = (count + 1, repeated + (entry.retransmissions > 0 ? 1 : 0))
            case .finWait2 where entry.inode == 0: orphans.append(entry)
            case .timeWait where !isAutomatic || listening.contains(entry.local.port): atFixedPorts += 1
            default: break
            }
            if entry.state.isClosingDown, entry.inode == 0 {
                orphanCount += 1
                if entry.timer?.kind != .timeWait { fullOrphanCount += 1 }
            }
            guard isAutomatic, !listening.contains(entry.local.port) else { continue }
            let route = Route(source: entry.local.address.unmapped, destination: entry.remote.unmapped)
            if entry.state == .timeWait {
                routes[route, default: (0, 0)].timeWait += 1
            } else {
                routes[route, default: (0, 0)].live += 1
            }
        }
        self.states = states
        self.peers = peers.map { Peer(address: $0.key, states: $0.value) }
            .sorted { ($1.count, $0.address.bits) < ($0.count, $1.address.bits) }
        let ports = settings.ephemeralPorts.count - kept.count
        destinations = routes.map { route, taken in
            DestinationPorts(route, ports: ports, timeWait: taken.timeWait, live: taken.live, settings: settings)
        }.sorted { $0.order < $1.order }
        portsKept = kept
        timeWaitAtFixedPorts = atFixedPorts
        (self.unclosed, self.orphans, self.orphanCount) = (unclosed, orphans, orphanCount)
        self.fullOrphanCount = fullOrphanCount
        unanswered = calls.filter { $0.value.repeated > 0 }
            .map { Unanswered(destination: $0.key, count: $0.value.count, repeated: $0.value.repeated) }
            .sorted {
                ($1.count, $0.destination.address.bits, $0.destination.port)
                    < ($0.count, $1.destination.address.bits, $1.destination.port)
            }
        fullListeners = listeners.filter { $0.receiveQueue > $0.sendQueue }
        listenersInRange = listeners.filter { range.contains($0.local.port) }
    }
}

/// The ephemeral ports, to be asked once for each of very many sockets.
private struct AutomaticPortSet {
    private let range: ClosedRange<UInt16>
    private let reserved: Set<UInt16>

    init(_ settings: NetworkSettings) {
        range = settings.ephemeralPorts.range
        reserved = Set(settings.ephemeralPorts.reserved.ranges.flatMap { Array($0) })
    }

    func contains(_ port: UInt16) -> Bool {
        range.contains(port) && (reserved.isEmpty || !reserved.contains(port))
    }
}
