import Claims
import Recordings
import Text

/// What was recorded of a cell or an experiment, as ladders of segments.
struct Evidence {
    private let report: Report
    private let width: Int
    private let paint: Paint

    init(_ report: Report, width: Int, paint: Paint) {
        (self.report, self.width, self.paint) = (report, width, paint)
    }

    /// - Parameters:
    ///   - ids: Cells or experiments; the first of which there is a recording is shown.
    ///   - most: How many lines it may take.
    /// - Returns: A line with a name, the rungs, and the same again for the second conversation of a cell.
    func lines(of ids: [String], most: Int) -> [String] {
        for id in ids {
            if let cell = report.cells.first(where: { $0.cell.id == id }) { return lines(of: cell, most: most) }
            if let recording = report.experiments.first(where: { $0.id == id })?.recordings.first {
                return ladder("\(id), \(recording.name)", recording, most: most)
            }
        }
        return []
    }

    private func lines(of result: CellResult, most: Int) -> [String] {
        let again = "the same client again: \(result.outcome.reconnect.text)"
        let second = Recording(
            again, segments: result.recording.reconnectSegments, clientCalls: [], serverCalls: [])
        // The first conversation is the one that decides; of the second its beginning does.
        let secondRoom = second.segments.isEmpty ? 2 : min(2 + second.segments.count + 1, max(7, most / 3))
        let first = ladder(result.cell.id, result.recording.recording, most: most - secondRoom)
        guard !first.isEmpty else { return [] }
        let last = second.segments.isEmpty ? [paint(again, .bold)] : ladder(again, second, most: secondRoom - 1)
        return first + [""] + last
    }

    /// Nothing where there is no room for more than a rung or two.
    private func ladder(_ name: String, _ recording: Recording, most: Int) -> [String] {
        guard most >= 6, !recording.segments.isEmpty else { return [] }
        return [paint(cut(name, to: width), .bold)]
            + Ladder(recording, width: width, paint: paint).lines(most: most - 1)
    }
}
