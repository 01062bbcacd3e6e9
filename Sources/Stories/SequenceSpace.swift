package import Packets
package import Recordings

/// The sequence numbers of one connection, as its segments on the wire tell them.
package struct SequenceSpace {
    /// The number of each side's SYN (RFC 9293 section 3.4.1).
    private var initial: [Side: UInt32] = [:]
    private var windowShifts: [Side: UInt8] = [:]
    private let segments: [CapturedSegment]

    /// - Parameter segments: Of one connection, from its beginning.
    package init(_ segments: [CapturedSegment]) {
        self.segments = segments
        for captured in segments where captured.segment.flags.contains(.syn) {
            initial[captured.from] = initial[captured.from] ?? captured.segment.sequence
            for case .windowScale(let shift) in captured.segment.options { windowShifts[captured.from] = shift }
        }
    }

    /// Counted from the SYN, which is 0; as it is where no SYN was seen.
    func relative(_ number: UInt32, of side: Side) -> UInt32 { number &- (initial[side] ?? 0) }

    /// In bytes (RFC 7323 section 2.2).
    package func window(of captured: CapturedSegment) -> Int {
        let segment = captured.segment
        guard !segment.flags.contains(.syn), windowShifts[.client] != nil, let shift = windowShifts[captured.from]
        else {
            return Int(segment.window)
        }
        return Int(segment.window) << Int(shift)
    }

    /// What the other host expects next of a side (RCV.NXT), by what was delivered to it; nil before a SYN was.
    func next(from side: Side) -> UInt32? {
        let delivered = segments.filter { $0.from == side && !$0.deliveries.isEmpty }.map(\.segment)
        guard var next = delivered.first(where: { $0.flags.contains(.syn) }).map({ $0.sequence &+ 1 }) else {
            return nil
        }
        // What came ahead of its turn counts once the gap before it is filled.
        while let segment = delivered.first(where: { segment in
            segment.sequence.distance(after: next) <= 0 && segment.end.distance(after: next) > 0
        }) {
            next = segment.end
        }
        return next
    }

    /// A RST in a side's name that the other host obeys: its number must be the very next (RFC 9293 section 3.10.7.4), and
    /// in SYN-SENT, where none is next yet, it must acknowledge the SYN (section 3.10.7.3).
    package func reset(from side: Side, on connection: FourTuple) -> Segment {
        let (source, destination) = (connection[side], connection[side.other])
        if let next = next(from: side) {
            return Segment(from: source, to: destination, sequence: next, flags: .rst)
        }
        guard let theirs = initial[side.other] else {
            return Segment(from: source, to: destination, sequence: initial[side] ?? 0, flags: .rst)
        }
        return Segment(
            from: source, to: destination, sequence: 0, acknowledgement: theirs &+ 1, flags: [.rst, .ack])
    }
}
