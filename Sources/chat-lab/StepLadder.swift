import Experiments
import Recordings
import StopMotion
import Stories
import TCPSockets

/// The segments that have crossed, or not, as the rungs of a ladder between the states of both hosts.
enum StepLadder {
    /// As wide as a line may be at 80 columns: a terminal may wrap a line that fills it.
    static let width = 79
    private static let numberWidth = 4
    private static let stateWidth = 12
    private static var arrowWidth: Int { width - numberWidth - 2 * stateWidth - 2 }

    static let head =
        StyledLine(String(repeating: " ", count: numberWidth) + "client").padded(to: width - stateWidth)
        + StyledLine("server")

    static func line(_ happening: SegmentEvent) -> StyledLine {
        let segment = happening.segment
        let number = String(segment.number)
        let states = happening.states
        return StyledLine(String(repeating: " ", count: 3 - min(3, number.count)) + number + " ", .dim)
            + StyledLine(states.state(.client).description).padded(to: stateWidth)
            + " " + arrow(happening).padded(to: arrowWidth) + " "
            + StyledLine(states.state(.server).description, .plain)
    }

    private static func arrow(_ happening: SegmentEvent) -> StyledLine {
        let segment = happening.segment
        let (style, end): (StyledLine.Style, String) =
            switch happening.kind {
            case .delivered(let times): (segment.text.flags.contains("RST") ? .red : .plain, times > 1 ? " twice " : "")
            case .dropped: (.red, " dropped ")
            case .setAside(let label): (.yellow, " held as \(label) ")
            }
        let isDelivered = if case .delivered = happening.kind { true } else { false }
        let room = arrowWidth - 3 - end.count - 4
        let label = " " + StyledLine(words(segment)).fitted(to: room - 2).text(hasColour: false) + " "
        // A segment that does not arrive ends on its way.
        let line = isDelivered ? max(2, arrowWidth - 3 - label.count - end.count) : 2
        let shaft = String(repeating: "-", count: line)
        let tip = isDelivered ? (segment.from == .client ? ">" : "<") : "x"
        let last = if case .setAside = happening.kind { "|" } else { tip }
        if segment.from == .client { return StyledLine("--\(label)\(shaft)\(end)\(last)", style) }
        let text = "\(last)\(end)\(shaft)\(label)--"
        return StyledLine(String(repeating: " ", count: max(0, arrowWidth - text.count)) + text, style)
    }

    /// What tells one segment from the next, in a few words.
    private static func words(_ segment: WaitingSegment) -> String {
        var words = [segment.text.flags, segment.text.content ?? segment.text.numbers]
        if segment.isMade { words.append("by hand") }
        if segment.repeats != nil { words.append("again") }
        return words.joined(separator: " ")
    }
}
