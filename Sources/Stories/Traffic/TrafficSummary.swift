package import Packets
package import Recordings
package import TCPSockets

/// What the connections of some traffic come to, by service and by host.
package struct TrafficSummary: Sendable {
    /// What the connections to one server's port come to.
    package struct Service: Sendable {
        package var connections = 0
        /// Who closed first, by FIN and by RST; both, where two FINs crossed; none, where nobody was seen to close.
        package var firstFIN = Counts(), firstRST = Counts()
        package var crossed = 0
        package var notClosed = 0
        package var resets: [ResetKind: Int] = [:]
        package var refused = 0
        /// Of these, by ICMP: it is a firewall's or a router's, seldom the server's own.
        package var unreachable: [Unreachable.Reason: Int] = [:]
        package var unanswered = 0
        package var timedOut = 0
        package var halfClosed = 0
        package var repeatedEndings = 0
        package var oldDuplicates = 0
        package var zeroWindows = Counts()
        package var resetsWithData = 0
        /// Connections whose SYN was not seen: who opened them is a guess.
        package var guessedOpeners = 0
        package var oneSided = 0
    }

    /// A number for each side.
    package struct Counts: Hashable, Sendable {
        package var client = 0, server = 0
        package var sum: Int { client + server }

        package subscript(side: Side) -> Int {
            get { side == .client ? client : server }
            set { if side == .client { client = newValue } else { server = newValue } }
        }
    }

    package struct ResetKind: Hashable, Sendable {
        package let from: Side
        package let cause: ResetCause
        package let candidates: [ResetCause]
    }

    package struct Host: Sendable {
        /// The most that it had in TIME-WAIT at once.
        package var timeWaits = 0
        /// The most in which it was the client, and which hold one of its ports each.
        package var timeWaitsAsClient = 0
        /// Its ports that were taken up again within 60 s.
        package var reuses: [TrafficConnection.Reuse: Int] = [:]
    }

    /// Beyond so many, services are counted together: a scan makes as many as there are ports.
    private static let limit = 50_000

    package private(set) var connections = 0
    package private(set) var services: [Endpoint: Service] = [:]
    package private(set) var otherServices = Service()
    private var reuses: [IPAddress: [TrafficConnection.Reuse: Int]] = [:]

    package init() {}

    package mutating func add(_ connection: TrafficConnection) {
        connections += 1
        let server = connection.story.server
        if services[server] != nil || services.count < Self.limit {
            services[server, default: Service()].add(connection)
        } else {
            otherServices.add(connection)
        }
        guard let reuse = connection.reuse else { return }
        let client = connection.story.client.address
        guard reuses[client] != nil || reuses.count < Self.limit else { return }
        reuses[client, default: [:]][reuse, default: 0] += 1
    }

    /// Those hosts of which there is something to tell, the one with the most TIME-WAITs first.
    package func hosts(_ timeWaits: TimeWaits) -> [(address: IPAddress, host: Host)] {
        var hosts: [IPAddress: Host] = [:]
        for (address, count, asClient) in timeWaits.most {
            hosts[address, default: Host()].timeWaits = count
            hosts[address, default: Host()].timeWaitsAsClient = asClient
        }
        for (address, reuses) in reuses { hosts[address, default: Host()].reuses = reuses }
        return hosts.map { ($0.key, $0.value) }.sorted {
            ($1.1.timeWaits, "\($0.0)") < ($0.1.timeWaits, "\($1.0)")
        }
    }

    /// The services, the one with the most connections first.
    package var servicesBySize: [(endpoint: Endpoint, service: Service)] {
        services.map { (endpoint: $0.key, service: $0.value) }.sorted {
            $0.service.connections != $1.service.connections
                ? $0.service.connections > $1.service.connections
                : ($0.endpoint.address.bits, $0.endpoint.port) < ($1.endpoint.address.bits, $1.endpoint.port)
        }
    }

    /// All services together.
    package var all: Service { services.values.reduce(into: otherServices) { $0.add($1) } }
}

extension TrafficSummary.Service {
    fileprivate mutating func add(_ connection: TrafficConnection) {
        let story = connection.story
        connections += 1
        addFirst(story)
        switch story.ending {
        case .refused:
            refused += 1
            if let reason = story.unreachable { unreachable[reason, default: 0] += 1 }
        case .timedOut where !connection.isUnanswered: timedOut += 1
        case .rst:
            if let unacknowledged = story.unacknowledged, unacknowledged.client + unacknowledged.server > 0 {
                resetsWithData += 1
            }
        default: break
        }
        if let reset = story.reset, story.ending == .rst {
            resets[.init(from: reset.from, cause: reset.cause, candidates: reset.candidates), default: 0] += 1
        }
        if connection.isUnanswered { unanswered += 1 }
        if connection.isHalfClosedForLong { halfClosed += 1 }
        if connection.repeatedFINs > 0 { repeatedEndings += 1 }
        if connection.oldDuplicates > 0 { oldDuplicates += 1 }
        for side in connection.zeroWindows { zeroWindows[side] += 1 }
        if !story.openerSeen { guessedOpeners += 1 }
        if story.directionsSeen != .both, !connection.isUnanswered { oneSided += 1 }
    }

    private mutating func addFirst(_ story: Story) {
        let side: Side
        switch story.firstToClose {
        case .both:
            crossed += 1
            return
        case .none:
            notClosed += 1
            return
        case .client: side = .client
        case .server: side = .server
        }
        guard story.ending != .refused else { return }
        if story.isFirstReset { firstRST[side] += 1 } else { firstFIN[side] += 1 }
    }

    fileprivate mutating func add(_ other: Self) {
        connections += other.connections
        for side in Side.allCases {
            firstFIN[side] += other.firstFIN[side]
            firstRST[side] += other.firstRST[side]
            zeroWindows[side] += other.zeroWindows[side]
        }
        crossed += other.crossed
        notClosed += other.notClosed
        resets.merge(other.resets, uniquingKeysWith: +)
        refused += other.refused
        unreachable.merge(other.unreachable, uniquingKeysWith: +)
        unanswered += other.unanswered
        timedOut += other.timedOut
        halfClosed += other.halfClosed
        repeatedEndings += other.repeatedEndings
        oldDuplicates += other.oldDuplicates
        resetsWithData += other.resetsWithData
        guessedOpeners += other.guessedOpeners
        oneSided += other.oneSided
    }
}

/// The oddest connections, so many of them.
package struct OddestConnections: Sendable {
    private let limit: Int
    package private(set) var connections: [TrafficConnection] = []
    private var least = 0

    package init(limit: Int) {
        self.limit = limit
    }

    package mutating func add(_ connection: TrafficConnection) {
        let oddness = connection.oddness
        guard limit > 0, connections.count < limit || oddness > least else { return }
        // Of equally odd ones the earlier stays.
        let place = connections.firstIndex { $0.oddness < oddness } ?? connections.count
        connections.insert(connection, at: place)
        if connections.count > limit { connections.removeLast() }
        least = connections.last?.oddness ?? 0
    }
}
