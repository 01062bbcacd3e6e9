import Bench
package import Recordings
import Synchronization

/// Something that became of a segment, in the order in which it did.
package struct Happening: Sendable {
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
struct Happenings {
    private var told: [Int: (deliveries: Int, isDropped: Bool)] = [:]
    private var pending: [(kind: Happening.Kind, number: Int)] = []

    mutating func add(_ kind: Happening.Kind, _ passage: Passage) {
        pending.append((kind, passage.number))
    }

    /// - Returns: What was not told before.
    mutating func news(in recording: WireRecording) -> [Happening] {
        var news = pending.map { (time: 0.0, kind: $0.kind, passage: recording.passages[$0.number]) }
        pending = []
        for passage in recording.passages {
            let before = told[passage.number] ?? (0, false)
            if passage.deliveries.count > before.deliveries, let last = passage.deliveries.last {
                news.append((last.time, .delivered(times: passage.deliveries.count - before.deliveries), passage))
            }
            let isDropped = passage.fate == .dropped
            if isDropped, !before.isDropped { news.append((passage.time, .dropped, passage)) }
            told[passage.number] = (passage.deliveries.count, isDropped)
        }
        return news.sorted { $0.time < $1.time }.map { item in
            Happening(
                kind: item.kind, segment: WaitingSegment(item.passage, in: recording),
                states: item.passage.deliveries.last?.after ?? recording.latest[item.passage.connection]
                    ?? item.passage.states)
        }
    }
}

extension StopMotion {
    /// What has become of segments since this was last asked.
    package func news() -> [Happening] {
        let recording = world.wire.recording.state
        return inside.withLock { $0.happenings.news(in: recording) }
    }
}
