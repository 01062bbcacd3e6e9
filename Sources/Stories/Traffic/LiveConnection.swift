import Packets
import Recordings

/// A connection whose end has not come, or came just now.
final class LiveConnection {
    let key: FlowKey
    let number: Int
    let lowIsClient: Bool
    var history: ConnectionHistory
    /// The connection before it, between the same ends.
    let predecessor: EndedFlow?
    let reuse: TrafficConnection.Reuse?
    private var oldDuplicates = 0
    private var hasZeroWindow = (low: false, high: false)
    private var timestamps: (low: UInt32?, high: UInt32?) = (nil, nil)
    /// When it was over.
    var end: Double?
    var isHandedOut = false

    init(
        _ segment: SegmentFields, at time: Double, key: FlowKey, number: Int, after predecessor: EndedFlow?,
        reuse: TrafficConnection.Reuse?
    ) {
        (self.key, self.number, self.predecessor, self.reuse) = (key, number, predecessor, reuse)
        history = ConnectionHistory(segment.header, at: time)
        lowIsClient = key.low.endpoint == history.client
        note(segment, isLow: segment.source == key.low)
    }

    func add(_ segment: SegmentFields, at time: Double) {
        let isLow = segment.source == key.low
        note(segment, isLow: isLow)
        guard !isOldDuplicate(segment, isLow: isLow) else {
            oldDuplicates += 1
            return
        }
        let isClient = isLow == lowIsClient
        let header =
            isClient
            ? segment.header(from: history.client, to: history.server)
            : segment.header(from: history.server, to: history.client)
        history.add(header, from: isClient ? .client : .server, at: time)
        if end == nil, history.isOver { end = time }
    }

    /// ICMP has answered its SYN.
    func refuse(_ reason: Unreachable.Reason, at time: Double) {
        history.refuse(reason, at: time)
        if end == nil, history.isOver { end = time }
    }

    private func note(_ segment: SegmentFields, isLow: Bool) {
        let isZero = segment.window == 0 && segment.flags.isDisjoint(with: [.rst, .syn])
        if isLow {
            if !segment.flags.contains(.rst) { hasZeroWindow.low = isZero }
            timestamps.low = segment.timestamp ?? timestamps.low
        } else {
            if !segment.flags.contains(.rst) { hasZeroWindow.high = isZero }
            timestamps.high = segment.timestamp ?? timestamps.high
        }
    }

    /// Whether it was sent in the connection before this one: its number lies before that one's end, and not in this one, which
    /// began beyond.
    private func isOldDuplicate(_ segment: SegmentFields, isLow: Bool) -> Bool {
        guard let predecessor, segment.flags.isDisjoint(with: [.syn, .rst]) else { return false }
        let isClient = isLow == lowIsClient
        guard let next = history.next(from: isClient ? .client : .server) else { return false }
        let old = isLow ? predecessor.low.next : predecessor.high.next
        let end = segment.sequence &+ UInt32(truncatingIfNeeded: segment.payloadLength)
        let isBefore = end.distance(after: old) <= 0 && old.distance(after: next) < 0
        return isBefore && (segment.payloadLength > 0 || segment.flags.contains(.fin))
    }

    /// - Parameter clock: The time of the latest segment of all.
    func connection(at clock: Double) -> TrafficConnection {
        let clientHasZeroWindow = lowIsClient ? hasZeroWindow.low : hasZeroWindow.high
        let serverHasZeroWindow = lowIsClient ? hasZeroWindow.high : hasZeroWindow.low
        return TrafficConnection(
            number: number, story: history.story(until: clock), isUnanswered: history.isUnanswered,
            halfClosedSeconds: history.halfClosedSeconds, repeatedFINs: history.repeatedFINs,
            zeroWindows: (clientHasZeroWindow ? [.client] : []) + (serverHasZeroWindow ? [.server] : []),
            oldDuplicates: oldDuplicates, reuse: reuse)
    }

    func remains(_ story: Story, timeWaits: (UInt32, UInt32)) -> EndedFlow {
        let way: EndedFlow.Way =
            switch story.ending {
            case .fin: .fin
            case .rst: .rst
            default: .other
            }
        func remains(of side: Side, _ timestamp: UInt32?) -> EndedFlow.End {
            .init(next: history.next(from: side) ?? 0, timestamp: timestamp ?? 0)
        }
        return EndedFlow(
            time: end ?? history.last, low: remains(of: lowIsClient ? .client : .server, timestamps.low),
            high: remains(of: lowIsClient ? .server : .client, timestamps.high), initial: history.initial ?? 0,
            timeWaits: timeWaits, way: way, hasTimestamps: timestamps.low != nil && timestamps.high != nil,
            hasInitial: history.initial != nil, lowIsClient: lowIsClient)
    }
}
