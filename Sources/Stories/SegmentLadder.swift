import Recordings
import TCPSockets
package import Text

/// Segments as the rungs of a ladder between the states of both hosts.
///
/// ```
///     client                                         server
///   1 SYN-SENT     -- SYN seq 0 ------------------>  SYN-RECEIVED
///   2 ESTABLISHED  <------ SYN,ACK seq 0 ack 1 ----  SYN-RECEIVED
/// ```
package struct SegmentLadder: Sendable {
    private let width: Int
    private static let numberWidth = 4
    private static let stateWidth = 12
    /// Room for the flags of a segment.
    private static let narrowest = 24
    private var arrowWidth: Int { width - Self.numberWidth - 2 * Self.stateWidth - 2 }

    /// - Parameter width: How long a line may be.
    package init(width: Int) {
        self.width = max(width, Self.narrowest + Self.numberWidth + 2 * Self.stateWidth + 2)
    }

    package var head: StyledLine {
        StyledLine(String(repeating: " ", count: Self.numberWidth) + "client").padded(to: width - Self.stateWidth)
            + StyledLine("server")
    }

    package func line(_ rung: SegmentRung) -> StyledLine {
        line(rung, between: rung.states.state(.client).description, and: rung.states.state(.server).description)
    }

    /// With something else than the hosts' states beside it.
    package func line(_ rung: SegmentRung, between left: String, and right: String) -> StyledLine {
        let number = String(rung.number)
        return StyledLine(String(repeating: " ", count: 3 - min(3, number.count)) + number + " ", .dim)
            + StyledLine(left).padded(to: Self.stateWidth)
            + " " + arrow(rung).padded(to: arrowWidth) + " "
            + StyledLine(right, .plain)
    }

    private func arrow(_ rung: SegmentRung) -> StyledLine {
        let (style, end): (StyledLine.Style, String) =
            switch rung.fate {
            case .delivered(let times): (rung.isReset ? .red : .plain, times > 1 ? " twice " : "")
            case .dropped: (.red, " dropped ")
            case .waiting(let place): (.yellow, " \(place) ")
            }
        let isDelivered = if case .delivered = rung.fate { true } else { false }
        let room = arrowWidth - 3 - end.count - 4
        let label = " " + StyledLine(rung.words).fitted(to: room - 2).text(hasColour: false) + " "
        // A segment that does not arrive ends on its way.
        let line = isDelivered ? max(2, arrowWidth - 3 - label.count - end.count) : 2
        let shaft = String(repeating: "-", count: line)
        let tip = isDelivered ? (rung.from == .client ? ">" : "<") : "x"
        let last = if case .waiting = rung.fate { "|" } else { tip }
        if rung.from == .client { return StyledLine("--\(label)\(shaft)\(end)\(last)", style) }
        let text = "\(last)\(end)\(shaft)\(label)--"
        return StyledLine(String(repeating: " ", count: max(0, arrowWidth - text.count)) + text, style)
    }
}
