import Recordings
import Text

/// One drawing for each kind of cell.
struct CellsSection {
    private let cells: DistinctCells

    init(_ cells: DistinctCells) {
        self.cells = cells
    }

    var markup: Markup {
        let count = cells.kinds.reduce(0) { $0 + 1 + $1.others.count }
        return """
            <section id="cells" aria-labelledby="cells-title">
            <h2 id="cells-title">The cells</h2>
            <p>\(count.grouped) cells of the matrix were run, and went in \(cells.kinds.count) different ways. \
            Each way is drawn once, with both conversations.</p>
            \(SequenceDrawing.key)
            \(cells.kinds.markup(kind))\
            <p class="lede">What is left out, and why: \(Matrix.omissions)</p>
            </section>
            """
    }

    private func kind(_ kind: DistinctCells.Kind) -> Markup {
        let (cell, recording) = (kind.drawn.cell, kind.drawn.recording)
        let commands = CellCommands(cell)
        let diagram = SequenceDiagram(
            recording.wholeRecording, marks: [recording.secondRun].compactMap { $0 })
        let title = "\(cell.id): segments, calls and states in order"
        return """
            <details id="\(Anchors.cell(cell.id))"><summary><h3>\(cell.id)</h3> \
            <span class="lede">\(kind.drawn.outcome.words)</span></summary>
            <div class="body">
            \(kind.others.isEmpty ? nil : others(kind.others))
            \(SequenceDrawing(diagram).figure(title: title))
            <dl><dt>The server</dt><dd><code>\(commands.server)</code></dd>\
            <dt>The client</dt><dd><code>\(commands.first)</code></dd>\
            <dt>The client again</dt><dd><code>\(commands.second)</code></dd>\
            <dt>The capture</dt><dd><code>\(CaptureFile.of(cell))</code></dd></dl>
            </div></details>

            """
    }

    private func others(_ cells: [Cell]) -> Markup {
        """
        <p class="lede">It stands for \(cells.count) more that went the same way: \(cells.summary)</p>
        """
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
