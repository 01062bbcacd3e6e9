import Packets
package import Recordings

/// What became of a segment, for a line between the states of both hosts.
package struct SegmentRung: Sendable {
    package enum Fate: Sendable, Hashable {
        /// So many times, back to back.
        case delivered(times: Int)
        case dropped
        /// Not delivered yet: where it is, such as `held as a`.
        case waiting(String)
    }

    /// Its place among all that appeared on the wire, from 1; copies of a held segment do not count.
    package let number: Int
    package let from: Side
    /// What tells it from the next one, in a few words.
    package let words: String
    package let isReset: Bool
    package let fate: Fate
    /// What both hosts keep of the connection since.
    package let states: SocketStates

    /// - Parameter remarks: What else there is to say of it, such as that it came again.
    package init(
        number: Int, from: Side, text: SegmentText, remarks: [String] = [], fate: Fate, states: SocketStates
    ) {
        (self.number, self.from, self.fate, self.states) = (number, from, fate, states)
        words = ([text.flags, text.content ?? text.numbers] + remarks).joined(separator: " ")
        isReset = text.flags.contains("RST")
    }
}

extension SegmentRung {
    /// Of a segment in words of its own, whose hosts nobody looked at.
    package init(number: Int, from: Side, words: String, isReset: Bool) {
        (self.number, self.from, self.words, self.isReset) = (number, from, words, isReset)
        (fate, states) = (.delivered(times: 1), SocketStates())
    }
}

extension Recording {
    /// What became of the segments, in the order in which it did: one that was held stands where it was delivered.
    package var rungs: [(connection: FourTuple, rung: SegmentRung)] { rungs(in: .chat) }

    /// The same of programs that talk in some language.
    package func rungs(in language: SegmentText.Language) -> [(connection: FourTuple, rung: SegmentRung)] {
        // A copy of a segment that is held is neither lost nor delivered.
        let counted = segments.filter { $0.fate != .absorbed }
        let spaces = SequenceSpaces(counted)
        var events: [(time: Double, index: Int, fate: SegmentRung.Fate, states: SocketStates)] = []
        for (index, captured) in counted.enumerated() {
            events += captured.deliveries.map { ($0.time, index, .delivered(times: 1), $0.after) }
            guard captured.deliveries.isEmpty else { continue }
            let fate: SegmentRung.Fate =
                switch captured.fate {
                case .dropped: .dropped
                case .held, .absorbed: .waiting("held")
                case .delivered: .waiting("on its way")
                }
            events.append((captured.time, index, fate, captured.states))
        }
        let repeats = Self.repeats(among: counted)
        events.sort { ($0.time, $0.index) < ($1.time, $1.index) }
        return events.map { event in
            let captured = counted[event.index]
            let remarks = (captured.origin == .wire ? ["injected"] : []) + (repeats[event.index] ? ["again"] : [])
            let rung = SegmentRung(
                number: event.index + 1, from: captured.from,
                text: SegmentText(captured, in: spaces[event.index], language: language), remarks: remarks,
                fate: event.fate, states: event.states)
            return (captured.connection, rung)
        }
    }

    /// What makes a segment that takes sequence numbers a copy of another one (`CapturedSegment.isCopy`).
    private struct Content: Hashable {
        let from: Side
        let connection: FourTuple
        let sequence, length: UInt32
        let flags: UInt8
    }

    /// For each segment whether it was there before.
    private static func repeats(among segments: [CapturedSegment]) -> [Bool] {
        var seen: Set<Content> = []
        return segments.map { captured in
            let segment = captured.segment
            guard segment.length > 0 else { return false }
            let content = Content(
                from: captured.from, connection: captured.connection, sequence: segment.sequence,
                length: segment.length, flags: segment.flags.rawValue)
            return !seen.insert(content).inserted
        }
    }
}

/// For each of some segments the sequence numbers of its connection: a new SYN between the same ports begins another one.
private struct SequenceSpaces {
    private var spaces: [SequenceSpace] = []
    private var places: [Int] = []

    init(_ segments: [CapturedSegment]) {
        var groups: [[CapturedSegment]] = []
        var current: [FourTuple: Int] = [:]
        for captured in segments {
            let group = current[captured.connection]
            if let group, !Self.begins(captured, after: groups[group]) {
                groups[group].append(captured)
                places.append(group)
            } else {
                current[captured.connection] = groups.count
                places.append(groups.count)
                groups.append([captured])
            }
        }
        spaces = groups.map { SequenceSpace($0) }
    }

    subscript(index: Int) -> SequenceSpace { spaces[places[index]] }

    /// Whether it is a host's SYN with another number than that side's earlier one. An injected SYN begins nothing: its
    /// number shows where it stands in the connection that there is.
    private static func begins(_ captured: CapturedSegment, after earlier: [CapturedSegment]) -> Bool {
        guard captured.origin == .host, captured.segment.flags.contains(.syn) else { return false }
        guard !captured.segment.flags.contains(.ack) else { return false }
        let first = earlier.first { $0.from == captured.from && $0.segment.flags.contains(.syn) }
        guard let first else { return !earlier.contains { $0.segment.flags.contains(.syn) } }
        return first.segment.sequence != captured.segment.sequence
    }
}
