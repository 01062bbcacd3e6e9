import Bench
package import Recordings
import Stories
import Synchronization

/// Something that became of a segment, in the order in which it did.
package struct SegmentEvent: Sendable {
    package enum Kind: Sendable, Hashable {
        /// So many times, back to back.
        case delivered(times: Int)
        case dropped
        case setAside(Character)
    }

    package let kind: Kind
    package let segment: WaitingSegment
    /// What both hosts keep of the connection since.
    package let states: SocketStates
}

/// What has become of the segments of a recording, each told once.
struct SegmentEvents {
    private var told: [Int: (deliveries: Int, isDropped: Bool)] = [:]
    private var pending: [(kind: SegmentEvent.Kind, number: Int)] = []

    mutating func add(_ kind: SegmentEvent.Kind, _ captured: CapturedSegment) {
        pending.append((kind, captured.number))
    }

    /// - Returns: What was not told before.
    mutating func news(in recording: WireRecording, _ language: SegmentText.Language) -> [SegmentEvent] {
        var news = pending.map { (time: 0.0, kind: $0.kind, captured: recording.segments[$0.number]) }
        pending = []
        for captured in recording.segments {
            let before = told[captured.number] ?? (0, false)
            if captured.deliveries.count > before.deliveries, let last = captured.deliveries.last {
                news.append((last.time, .delivered(times: captured.deliveries.count - before.deliveries), captured))
            }
            let isDropped = captured.fate == .dropped
            if isDropped, !before.isDropped { news.append((captured.time, .dropped, captured)) }
            told[captured.number] = (captured.deliveries.count, isDropped)
        }
        return news.sorted { $0.time < $1.time }.map { item in
            SegmentEvent(
                kind: item.kind, segment: WaitingSegment(item.captured, in: recording, language),
                states: item.captured.deliveries.last?.after ?? recording.latest[item.captured.connection]?.states
                    ?? item.captured.states)
        }
    }
}

extension StopMotion {
    /// What has become of segments since this was last asked.
    package func news() -> [SegmentEvent] {
        let recording = world.wire.recording.state
        return inside.withLock { $0.events.news(in: recording, scenario.language) }
    }
}
