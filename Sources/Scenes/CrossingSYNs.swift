package import Bench
import Packets
package import Recordings

/// Holds the SYN of one side until the other side's is there as well; then both cross (RFC 9293 section 3.5, figure 7).
package struct CrossingSYNs: Rule {
    private var held: CapturedSegment?

    package init() {}

    package mutating func consider(_ captured: CapturedSegment) -> Decision? {
        guard captured.segment.flags == .syn else { return nil }
        guard let first = held else {
            held = captured
            return .hold
        }
        guard first.from != captured.from else { return nil }
        return .deliver([first.number, captured.number])
    }
}
