import Bench
import Packets
import Recordings

/// Holds the SYN of one side until the other side's is there as well; then both cross (RFC 9293 section 3.5, figure 7).
struct CrossingSYNs: Rule {
    private var held: Passage?

    mutating func consider(_ passage: Passage) -> Decision? {
        guard passage.segment.flags == .syn else { return nil }
        guard let first = held else {
            held = passage
            return .hold
        }
        guard first.from != passage.from else { return nil }
        return .deliver([first.number, passage.number])
    }
}
