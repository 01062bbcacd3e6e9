import StopMotion
import Stories
import Text

/// The ladder of a conversation in stop-motion.
enum StepLadder {
    /// As wide as a line may be at 80 columns: a terminal may wrap a line that fills it.
    static let width = 79
    private static let ladder = SegmentLadder(width: width)

    static let head = ladder.head

    static func line(_ happening: SegmentEvent) -> StyledLine {
        let segment = happening.segment
        let fate: SegmentRung.Fate =
            switch happening.kind {
            case .delivered(let times): .delivered(times: times)
            case .dropped: .dropped
            case .setAside(let label): .waiting("held as \(label)")
            }
        let remarks = (segment.isMade ? ["injected"] : []) + (segment.repeats == nil ? [] : ["again"])
        return ladder.line(
            SegmentRung(
                number: segment.number, from: segment.from, text: segment.text, remarks: remarks, fate: fate,
                states: happening.states))
    }
}
