import Packets
import Reports
package import Stories
import Text

/// One connection's segments as a ladder, with the time of each; its hosts' states nobody has seen.
package struct TrafficLadder: Sendable {
    private let connection: TrafficConnection
    private let trace: TracedConnection
    private let width: Int

    /// So many are shown from the beginning, and as many from the end.
    private static let shown = 60

    package init(_ connection: TrafficConnection, _ trace: TracedConnection, width: Int) {
        (self.connection, self.trace, self.width) = (connection, trace, width)
    }

    package func text(hasColour: Bool) -> String {
        let ladder = SegmentLadder(width: width)
        let traced = trace.traced(connection.story)
        let rungs = traced.enumerated().map { index, segment in
            ladder.line(
                SegmentRung(
                    number: index + 1, from: segment.from, words: segment.words,
                    isReset: segment.flags.contains(.rst)),
                between: "\((segment.time * 1000).fixed(3)) ms", and: ""
            ).text(hasColour: hasColour).trimmedEnd
        }
        let omitted = rungs.count - 2 * Self.shown
        let shown =
            omitted > 0
            ? rungs.prefix(Self.shown) + ["     … \(counted(omitted, "segment")) …"] + rungs.suffix(Self.shown)
            : rungs[...]
        let rest = trace.omitted > 0 ? ["     … and \(counted(trace.omitted, "segment")) more."] : []
        let lines =
            TrafficText.lines(connection, width: width) + [""]
            + [ladder.head.text(hasColour: false).trimmedEnd] + shown + rest
        return lines.joined(separator: "\n")
    }
}

extension TracedConnection.Traced {
    /// Such as `FIN,ACK seq 11 ack 12`.
    var words: String {
        var words = "\(flags.names(joinedBy: ",")) seq \(sequence.grouped)"
        if let acknowledgement { words += " ack \(acknowledgement.grouped)" }
        if payload > 0 { words += ", \(counted(payload, "byte"))" }
        if window == 0, flags.isDisjoint(with: [.rst, .syn]) { words += ", window 0" }
        return words + (isAgain ? " again" : "")
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        String(self[..<(lastIndex { $0 != " " }.map { index(after: $0) } ?? startIndex)])
    }
}
