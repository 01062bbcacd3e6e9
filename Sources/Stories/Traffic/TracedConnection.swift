package import Packets
package import Recordings

/// The segments of one connection, in the order in which the capture has them.
package struct TracedConnection: Sendable {
    package struct Traced: Sendable {
        /// Seconds after the first one.
        package let time: Double
        package let from: Side
        package let flags: Segment.Flags
        /// Counted from the SYN of its side, or from the first number that was seen of it.
        package let sequence: Int
        /// nil without ACK.
        package let acknowledgement: Int?
        /// In bytes.
        package let payload: Int
        package let window: Int
        /// Whether it holds nothing new.
        package let isAgain: Bool
    }

    /// So many are kept of one connection.
    private static let limit = 5000

    private var segments: [(fields: SegmentFields, time: Double)] = []
    /// How many there were besides those that are kept.
    package private(set) var omitted = 0

    package init() {}

    package mutating func add(_ segment: SegmentFields, at time: Double) {
        if segments.count < Self.limit { segments.append((segment, time)) } else { omitted += 1 }
    }

    /// - Parameter story: Of this connection: who is the client.
    package func traced(_ story: Story) -> [Traced] {
        var bases: [Side: UInt32] = [:]
        var ends: [Side: Int] = [:]
        return segments.map { fields, time in
            let from: Side = fields.source.endpoint == story.client ? .client : .server
            let hasACK = fields.flags.contains(.ack)
            if bases[from] == nil { bases[from] = fields.sequence }
            if hasACK, bases[from.other] == nil { bases[from.other] = fields.acknowledgement }
            let sequence = fields.sequence.distance(after: bases[from] ?? 0)
            let length = fields.payloadLength + (fields.flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
            let end = sequence + length
            let isAgain = length > 0 && ends[from].map { end <= $0 } ?? false
            ends[from] = max(ends[from] ?? end, end)
            return Traced(
                time: time - story.opened, from: from, flags: fields.flags, sequence: sequence,
                acknowledgement: hasACK ? fields.acknowledgement.distance(after: bases[from.other] ?? 0) : nil,
                payload: fields.payloadLength, window: Int(fields.window), isAgain: isAgain)
        }
    }
}
