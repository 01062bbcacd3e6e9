import FoundationEssentials
import TCPSockets
import Text

/// A checkup as `chat-lab doctor --json` writes it: the names of the properties are the keys (docs/doctor.md).
package struct CheckupDocument: Codable, Hashable, Sendable {
    struct Peer: Codable, Hashable, Sendable {
        let address: String
        let sockets: Int
        let states: [String: Int]
    }

    struct Rates: Codable, Hashable, Sendable {
        @Nullable var now: Double?
        let reusesNow: Bool
        @Nullable var withReuse: Double?
        @Nullable var withPassiveClose: Double?
        @Nullable var perFurtherAddress: Double?
        @Nullable var withWidestRange: Double?
    }

    struct Destination: Codable, Hashable, Sendable {
        let source, destination: String
        let ports, timeWait, live, free: Int
        let loopback: Bool
        let perSecond: Rates
    }

    struct Ports: Codable, Hashable, Sendable {
        let first, last: UInt16
        let automatic, kept, timeWaitAtFixedPorts: Int
        let reserved: String
    }

    struct Socket: Codable, Hashable, Sendable {
        let local, remote: String
        let unread: Int
        @Nullable var atLeastSeconds: Double?
        @Nullable var atMostSeconds: Double?
    }

    struct Process: Codable, Hashable, Sendable {
        @Nullable var process: Int32?
        @Nullable var name: String?
        let accepted: Bool
        let count: Int
        let sockets: [Socket]
    }

    struct Orphan: Codable, Hashable, Sendable {
        let local, remote: String
        @Nullable var secondsLeft: Double?
        @Nullable var atLeastSecondsLeft: Double?
    }

    struct Unanswered: Codable, Hashable, Sendable {
        let destination: String
        let count, repeated: Int
    }

    struct Tracking: Codable, Hashable, Sendable {
        let count, limit: Int
        @Nullable var timeWaitSeconds: Int?
    }

    struct Setting: Codable, Hashable, Sendable {
        let name: String
        @Nullable var value: String?
        let matters: Bool
        let note: String
        let experiments: [String]
    }

    struct Finding: Codable, Hashable, Sendable {
        let severity: Advice.Severity
        let finding: String
        let remedies, experiments: [String]
    }

    let schema: Int
    let kernel: String
    let sockets: Int
    let readMilliseconds: Double
    let states: [String: Int]
    let peers: [Peer]
    let peerCount: Int
    let ports: Ports
    let destinations: [Destination]
    let destinationCount: Int
    let closeWait: [Process]
    let finWait2Orphans: [Orphan]
    let orphans: Int
    let synSentUnanswered: [Unanswered]
    @Nullable var connectionTracking: Tracking?
    @Nullable var timeWaitOverflows: Int?
    @Nullable var listenOverflows: Int?
    let settings: [Setting]
    let advice: [Finding]
    let hiddenProcesses: Int
    let notSeen: [String]
    /// What was seen of connections that ended, in words; null where that was not asked for.
    @Nullable var connectionsThatEnded: [String]?

    /// - Parameter isOneLine: For a series of documents, a line each.
    package func json(isOneLine: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if !isOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

extension CheckupDocument {
    /// - Parameter top: How many of each kind are listed; the counts are of all.
    package init(_ checkup: Checkup, ends: [String]? = nil, top: Int = 10) {
        let exposure = checkup.exposure
        let settings = checkup.settings
        let ephemeral = settings.ephemeralPorts
        (schema, kernel) = (1, checkup.kernel)
        sockets = exposure.count
        readMilliseconds = (checkup.readingTime.inSeconds * 1000).rounded(toDigits: 1)
        states = Self.named(exposure.states)
        peers = exposure.peers.prefix(top).map {
            Peer(address: "\($0.address)", sockets: $0.count, states: Self.named($0.states))
        }
        peerCount = exposure.peers.count
        ports = Ports(
            first: ephemeral.range.lowerBound, last: ephemeral.range.upperBound,
            automatic: ephemeral.count, kept: exposure.portsKept.count,
            timeWaitAtFixedPorts: exposure.timeWaitAtFixedPorts,
            reserved: settings.values["ip_local_reserved_ports"] ?? "")
        destinations = exposure.destinations.prefix(top).map(Destination.init)
        destinationCount = exposure.destinations.count
        closeWait = checkup.leaks.map { Process($0, top: top) }
        finWait2Orphans = exposure.orphans.prefix(top).map {
            Orphan(
                local: "\($0.local.unmapped)", remote: "\($0.remote.unmapped)",
                secondsLeft: $0.timeLeft.flatMap { $0.isExact ? $0.duration.inSeconds : nil },
                atLeastSecondsLeft: $0.timeLeft.map(\.duration.inSeconds))
        }
        orphans = exposure.orphanCount
        synSentUnanswered = exposure.unanswered.prefix(top).map {
            Unanswered(destination: "\($0.destination)", count: $0.count, repeated: $0.repeated)
        }
        connectionTracking = checkup.tracking.map {
            Tracking(count: $0.count, limit: $0.limit, timeWaitSeconds: $0.timeWaitSeconds)
        }
        timeWaitOverflows = checkup.timeWaitOverflows
        listenOverflows = checkup.listenOverflows
        self.settings = settings.notes.map {
            Setting(name: $0.name, value: $0.value, matters: $0.matters, note: $0.note, experiments: $0.experiments)
        }
        advice = checkup.advice.map {
            Finding(
                severity: $0.severity, finding: $0.finding, remedies: $0.remedies, experiments: $0.experiments)
        }
        hiddenProcesses = checkup.hiddenProcesses
        notSeen = checkup.unseen
        connectionsThatEnded = ends
    }

    private static func named(_ states: [TCPState: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: states.map { ($0.key.description, $0.value) })
    }
}

extension CheckupDocument.Destination {
    init(_ destination: DestinationPorts) {
        source = "\(destination.route.source)"
        self.destination = "\(destination.route.destination)"
        (ports, timeWait, live, free) = (destination.ports, destination.timeWait, destination.live, destination.free)
        loopback = destination.isLoopback
        let rates = destination.rates
        func rounded(_ rate: Double?) -> Double? { rate?.rounded(toDigits: 1) }
        perSecond = .init(
            now: rounded(rates.now), reusesNow: rates.reusesNow, withReuse: rounded(rates.withReuse),
            withPassiveClose: nil, perFurtherAddress: rounded(rates.perFurtherAddress),
            withWidestRange: rounded(rates.withWidestRange))
    }
}

extension CheckupDocument.Process {
    init(_ leak: Checkup.Leak, top: Int) {
        accepted = !leak.isUnaccepted
        count = leak.sockets.count
        sockets = leak.sockets.prefix(top).map {
            .init(
                local: "\($0.socket.local.unmapped)", remote: "\($0.socket.remote.unmapped)",
                unread: $0.socket.unreadBytes, atLeastSeconds: $0.age?.lowerBound.inSeconds,
                atMostSeconds: $0.age?.upperBound.inSeconds)
        }
        process = leak.owner?.process
        name = leak.owner.map { visible($0.name) }
    }
}
