import Recordings
import Text

/// One drawing for each kind of cell.
struct CellsSection {
    private let cells: DistinctCells

    init(_ cells: DistinctCells) {
        self.cells = cells
    }

    var context: [String: Any] {
        let count = cells.kinds.reduce(0) { $0 + 1 + $1.others.count }
        return [
            "intro": "\(count.grouped) cells of the matrix were run, and went in \(cells.kinds.count) different ways. "
                + "Each way is drawn once, with both conversations.",
            "key": PageTemplates.key, "kinds": cells.kinds.map(kind), "omissions": Matrix.omissions,
        ]
    }

    private func kind(_ kind: DistinctCells.Kind) -> [String: Any] {
        let (cell, recording) = (kind.drawn.cell, kind.drawn.recording)
        let commands = CellCommands(cell)
        let diagram = SequenceDiagram(
            recording.wholeRecording, marks: [recording.secondRun].compactMap { $0 })
        let title = "\(cell.id): segments, calls and states in order"
        var context: [String: Any] = [
            "id": cell.id, "anchor": Anchors.cell(cell.id), "title": title, "outcome": kind.drawn.outcome.words,
            "drawing": SequenceDrawing(diagram).svg(title: title), "capture": CaptureFile.of(cell),
            "commands": [
                ["name": "The server", "text": commands.server], ["name": "The client", "text": commands.first],
                ["name": "The client again", "text": commands.second],
            ],
        ]
        if !kind.others.isEmpty {
            context["others"] = ["count": "\(kind.others.count)", "names": kind.others.summary]
        }
        return context
    }
}

extension Outcome {
    /// How it ended, in a line.
    fileprivate var words: String {
        let closing =
            switch firstToClose {
            case .none: "nobody closed"
            case .both: "both closed at once"
            case .client, .server: "the \(firstToClose.rawValue) closed first, by \(ending.rawValue.uppercased())"
            }
        let holder =
            switch timeWait {
            case .none: "no TIME-WAIT"
            case .both: "TIME-WAIT at both"
            case .client, .server: "TIME-WAIT at the \(timeWait.rawValue)"
            }
        return "\(closing); \(holder); again: \(reconnect.text)"
    }
}
