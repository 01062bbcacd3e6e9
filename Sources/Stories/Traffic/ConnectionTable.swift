package import Packets
import Recordings
import TCPSockets

/// The connections of somebody's traffic, segment by segment: each is handed out once, when it is over or the traffic is.
///
/// It keeps some hundred bytes of each connection that lives, and fifty of each that has ended of late.
package struct ConnectionTable {
    /// How long one that is over may still get a segment, such as a FIN or a RST that comes late, in seconds.
    private static let patience = 1.0
    /// How many that are over wait at once.
    private static let closingLimit = 4096
    /// How many live at once; of more, one that has long been quiet is given up.
    private static let liveLimit = 250_000

    private var live: [FlowKey: LiveConnection] = [:]
    /// That of the latest segment: the next one often is of the same.
    private var latest: LiveConnection?
    private var closing: ClosingQueue = .init()
    private var ended = EndedFlows()
    package private(set) var timeWaits = TimeWaits()
    package private(set) var count = 0
    /// Segments of connections that had ended before.
    package private(set) var lateSegments = 0
    /// Connections that were given up for want of room.
    package private(set) var forgotten = 0
    /// The time of the latest segment.
    private var clock = -Double.infinity

    package init() {}

    /// - Parameter hand: Takes what is over.
    /// - Returns: The number of the segment's connection; nil where that had ended before.
    @discardableResult
    package mutating func add(
        _ segment: SegmentFields, at time: Double, _ hand: (TrafficConnection) -> Void
    ) -> Int? {
        clock = max(clock, time)
        let key = FlowKey(segment.source, segment.destination)
        if let connection = latest?.key == key ? latest : live[key] {
            latest = connection
            guard segment.flags.contains(.syn), !segment.flags.contains(.ack),
                connection.history.isFollowed(by: segment.header)
            else {
                let wasOver = connection.end != nil
                connection.add(segment, at: time)
                if !wasOver, connection.end != nil { closing.append(connection) }
                settle(before: time - Self.patience, hand)
                return connection.number
            }
            finish(connection, hand)
        }
        settle(before: time - Self.patience, hand)
        return begin(segment, key, at: time, hand)
    }

    private mutating func begin(
        _ segment: SegmentFields, _ key: FlowKey, at time: Double, _ hand: (TrafficConnection) -> Void
    ) -> Int? {
        let predecessor = ended[key]
        if let predecessor {
            let isNew =
                segment.flags.contains(.syn) && !segment.flags.contains(.ack)
                && !(predecessor.hasInitial && predecessor.initial == segment.sequence)
            guard isNew else {
                lateSegments += 1
                return nil
            }
            timeWaits.end(predecessor.timeWaits.0)
            timeWaits.end(predecessor.timeWaits.1)
            ended.remove(key)
        }
        if live.count >= Self.liveLimit { giveUpOne(hand) }
        count += 1
        let reuse = predecessor.flatMap { Self.reuse(segment, after: $0, isLow: segment.source == key.low, at: time) }
        let isRecent = predecessor.map { time - $0.time < TimeWaits.seconds } ?? false
        let connection = LiveConnection(
            segment, at: time, key: key, number: count, after: isRecent ? predecessor : nil, reuse: reuse)
        live[key] = connection
        if connection.history.isOver {
            connection.end = time
            closing.append(connection)
        }
        return count
    }

    private static func reuse(
        _ segment: SegmentFields, after old: EndedFlow, isLow: Bool, at time: Double
    ) -> TrafficConnection.Reuse? {
        guard (0..<TimeWaits.seconds).contains(time - old.time) else { return nil }
        switch old.way {
        case .other: return nil
        case .rst: return .afterReset
        case .fin: break
        }
        let end = isLow ? old.low : old.high
        if old.hasTimestamps, let timestamp = segment.timestamp, timestamp.distance(after: end.timestamp) > 0 {
            return .newerTimestamp
        }
        return segment.sequence.distance(after: end.next) >= 0 ? .higherNumber : .neither
    }

    /// - Returns: Whether it answers the SYN of a connection that is here.
    package mutating func add(_ error: Unreachable, at time: Double) -> Bool {
        guard let connection = live[FlowKey(error.source, error.destination)],
            connection.history.initial == error.sequence
        else { return false }
        let wasOver = connection.end != nil
        connection.refuse(error.reason, at: time)
        if !wasOver, connection.end != nil { closing.append(connection) }
        return true
    }

    // MARK: - ends

    /// Nothing more came for a while: hands out all that are over.
    package mutating func settle(_ hand: (TrafficConnection) -> Void) {
        settle(before: .infinity, hand)
    }

    private mutating func settle(before time: Double, _ hand: (TrafficConnection) -> Void) {
        while let first = closing.first {
            // One that was finished before, because its ports were taken up again.
            guard !first.isHandedOut else {
                closing.removeFirst()
                continue
            }
            guard closing.count > Self.closingLimit || (first.end ?? 0) < time else { return }
            closing.removeFirst()
            finish(first, hand)
        }
    }

    /// The traffic is over: hands out all there is, in the order in which it began.
    package mutating func finish(_ hand: (TrafficConnection) -> Void) {
        for connection in live.values.sorted(by: { $0.number < $1.number }) { finish(connection, hand) }
        closing = .init()
    }

    private mutating func finish(_ connection: LiveConnection, _ hand: (TrafficConnection) -> Void) {
        live[connection.key] = nil
        connection.isHandedOut = true
        if latest === connection { latest = nil }
        let finished = connection.connection(at: clock)
        let story = finished.story
        let time = connection.end ?? connection.history.last
        func begin(_ holder: Story.TimeWait, _ address: IPAddress) -> UInt32 {
            guard [holder, .both].contains(story.timeWait) else { return 0 }
            return timeWaits.begin(address, isClient: holder == .client, at: time)
        }
        let client = begin(.client, story.client.address)
        let server = begin(.server, story.server.address)
        ended.insert(connection.remains(story, timeWaits: (client, server)), for: connection.key)
        hand(finished)
    }

    /// Gives up the one of a few that has been quiet for longest.
    private mutating func giveUpOne(_ hand: (TrafficConnection) -> Void) {
        guard let quietest = live.values.prefix(16).min(by: { $0.history.last < $1.history.last }) else { return }
        forgotten += 1
        finish(quietest, hand)
    }
}

/// Connections that are over, the first first.
private struct ClosingQueue {
    private var connections: [LiveConnection?] = []
    private var start = 0

    var count: Int { connections.count - start }
    var first: LiveConnection? { start < connections.count ? connections[start] : nil }

    mutating func append(_ connection: LiveConnection) { connections.append(connection) }

    mutating func removeFirst() {
        connections[start] = nil
        start += 1
        if start > 1024, start > connections.count / 2 {
            connections.removeSubrange(..<start)
            start = 0
        }
    }
}
