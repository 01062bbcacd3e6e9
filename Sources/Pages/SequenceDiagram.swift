package import Recordings
import TCPSockets

/// What two hosts sent each other, did and were, one row for each event: the layout of a drawing, without coordinates.
///
/// ```
///   ms   client                                 server
///        SYN-SENT    |--- SYN seq 0 ----------->|  LISTEN
///                    |<-- SYN ACK seq 0 ack 1 --|  SYN-RECEIVED
///        ESTABLISHED | connect(…) = 0           |
/// ```
package struct SequenceDiagram: Sendable {
    /// A segment, with numbers counted from the beginning of its connection.
    package struct Arrow: Hashable, Sendable {
        /// Its place in the recording.
        let number: Int
        let from: Side
        /// Made by the wire, or one of its copies; no host has sent it just now.
        let isInjected: Bool
        let flags: String
        let sequence: Int
        /// nil where the segment acknowledges nothing.
        let acknowledgement: Int?
        /// Bytes.
        let payload: Int

        package init(
            number: Int, from: Side, isInjected: Bool, flags: String, sequence: Int, acknowledgement: Int?, payload: Int
        ) {
            (self.number, self.from, self.isInjected, self.flags) = (number, from, isInjected, flags)
            (self.sequence, self.acknowledgement, self.payload) = (sequence, acknowledgement, payload)
        }
    }

    enum Kind: Hashable, Sendable {
        /// Sent, and delivered before anything else moved on the wire.
        case crossing(Arrow)
        /// Sent, and not delivered yet: held, or on its way while others move.
        case departure(Arrow)
        /// Sent, and never delivered.
        case loss(Arrow, CapturedSegment.Fate)
        /// Delivered some time after it was sent; `again` for each delivery but the first.
        case arrival(Arrow, after: Double, again: Bool)
        case call(Side, CallText)
        /// A state was seen to have changed, and no event of its own shows why.
        case change
        case heading(String)
        /// So many rows are left out.
        case omission(Int)
    }

    struct Row: Hashable, Sendable {
        /// Seconds on CLOCK_MONOTONIC; nil for headings and omissions.
        let time: Double?
        let kind: Kind
    }

    /// A place in a row: an arrow's tail is a little higher than its head.
    struct Edge: Hashable, Sendable {
        enum Part: Hashable, Sendable { case top, tail, head, bottom }
        let row: Int
        let part: Part
    }

    /// A state, for as long as it lasts. Bands of one side meet exactly where the state changed.
    struct Band: Hashable, Sendable {
        let side: Side
        let state: TCPState
        var start: Edge
        var end: Edge
    }

    /// A remark between two events.
    struct Mark: Sendable {
        let time: Double
        let text: String
    }

    private(set) var rows: [Row]
    private(set) var bands: [Band]
    /// When the first segment appeared: what the times are counted from.
    let origin: Double

    /// - Parameters:
    ///   - marks: Headings besides those that name the connections.
    ///   - limit: How many rows are shown at most; where there are more, the middle is left out.
    init(_ recording: Recording, marks: [Mark] = [], limit: Int = 72) {
        let schedule = Schedule(recording, marks: marks)
        rows = schedule.rows
        bands = schedule.bands
        origin = recording.segments.first?.time ?? schedule.rows.lazy.compactMap(\.time).first ?? 0
        if rows.count > limit { leaveOut(from: 30, to: rows.count - 12) }
    }

    /// Segments that were seen in one place, at their times: nobody looked at the hosts.
    package init(_ arrows: [(arrow: Arrow, time: Double)], limit: Int = 72) {
        rows = arrows.map { Row(time: $0.time, kind: .crossing($0.arrow)) }
        bands = []
        origin = arrows.first?.time ?? 0
        if rows.count > limit { leaveOut(from: 30, to: rows.count - 12) }
    }

    /// The segments in order of appearance, each once.
    var segments: [Arrow] {
        rows.compactMap { row in
            switch row.kind {
            case .crossing(let arrow), .departure(let arrow), .loss(let arrow, _): arrow
            default: nil
            }
        }
    }

    private mutating func leaveOut(from start: Int, to end: Int) {
        let count = rows[start..<end].count { $0.time != nil }
        rows.replaceSubrange(start..<end, with: [Row(time: nil, kind: .omission(count))])
        let shift = end - start - 1
        func moved(_ edge: Edge) -> Edge { Edge(row: edge.row - shift, part: edge.part) }
        // What lasts across the gap is told on both sides of it.
        bands = bands.flatMap { band in
            var (before, after) = (band, band)
            if band.end.row >= start { before.end = Edge(row: start, part: .top) }
            after.start = band.start.row < end ? Edge(row: start, part: .bottom) : moved(band.start)
            after.end = moved(band.end)
            return (band.start.row < start ? [before] : []) + (band.end.row >= end ? [after] : [])
        }
    }
}
