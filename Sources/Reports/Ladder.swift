package import Recordings
package import Stories
package import Text

/// The segments of a recording, in so many lines as there is room for.
package struct Ladder {
    private let recording: Recording
    private let width: Int
    private let paint: Paint
    private let language: SegmentText.Language

    package init(_ recording: Recording, width: Int, paint: Paint, language: SegmentText.Language = .chat) {
        (self.recording, self.width, self.paint, self.language) = (recording, width, paint, language)
    }

    /// - Parameter most: How many lines it may take. Where there are more, the middle is left out: what is looked for is how
    ///   connections begin and end.
    package func lines(most: Int) -> [String] {
        let ladder = SegmentLadder(width: width)
        let rungs = recording.rungs(in: language)
        let hasSeveral = Set(rungs.map(\.connection)).count > 1
        var (lines, last): ([String], FourTuple?) = ([], nil)
        for (connection, rung) in rungs {
            if hasSeveral, connection != last { lines.append("    \(connection.client) to \(connection.server):") }
            last = connection
            lines.append(trimmed(ladder.line(rung)))
        }
        let head = [trimmed(ladder.head)]
        guard lines.count + 1 > most else { return head + lines }
        let room = max(0, most - 2)
        return head + lines.prefix(room / 3)
            + ["    … \(counted(lines.count - room, "line")) left out; --output DIR draws every segment"]
            + lines.suffix(room - room / 3)
    }

    private func trimmed(_ line: StyledLine) -> String { line.text(hasColour: paint.hasColour).trimmingEnd }
}
