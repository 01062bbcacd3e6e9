package import Packets

/// What was read of somebody's traffic, for a reader.
package struct TrafficReport: Sendable {
    /// What it was read from, such as the name of the file.
    package let source: String
    package let packets: Int
    package let segments: Int
    /// What was not read, and how many packets of it.
    package let others: [Packet.Other: Int]
    /// The time of the first packet and of the last one, in seconds since 1970; nil where there was none.
    package let span: ClosedRange<Double>?
    package let summary: TrafficSummary
    package let timeWaits: TimeWaits
    package let oddest: [TrafficConnection]
    package let lateSegments: Int
    package let forgotten: Int
    /// Packets that the kernel dropped; nil where none could be.
    package let dropped: Int?
    /// Why it was not read to its end; nil where it was.
    package let damage: String?

    package init(
        source: String, packets: Int, segments: Int, others: [Packet.Other: Int], span: ClosedRange<Double>?,
        summary: TrafficSummary, timeWaits: TimeWaits, oddest: [TrafficConnection], lateSegments: Int, forgotten: Int,
        dropped: Int?, damage: String?
    ) {
        (self.source, self.packets, self.segments, self.others) = (source, packets, segments, others)
        (self.span, self.summary, self.timeWaits, self.oddest) = (span, summary, timeWaits, oddest)
        (self.lateSegments, self.forgotten, self.dropped, self.damage) = (lateSegments, forgotten, dropped, damage)
    }
}
