import Claims
import Recordings
import Reports
import Text

/// One drawing for each kind of cell, and a table of all cells.
struct CellsSection {
    private let report: Report
    private let cells: DistinctCells
    private let drawings: Drawings

    init(_ report: Report, _ cells: DistinctCells, _ drawings: Drawings) {
        (self.report, self.cells, self.drawings) = (report, cells, drawings)
    }

    var markup: Markup {
        """
        <section id="cells" aria-labelledby="cells-title">
        <h2 id="cells-title">The cells</h2>
        <p>\(report.cells.count.grouped) cells ran, in \(cells.kinds.count) different ways. Each way is drawn once, with both runs of \
        the client.</p>
        \(CellTable(report.cells, cells).markup)
        \(SequenceDrawing.key)
        \(cells.kinds.markup(kind))\
        <p class="lede">Left out: \(Matrix.omissions)</p>
        </section>
        """
    }

    /// What a link names stands inside the details: a browser opens these for it, without a script.
    private func kind(_ kind: DistinctCells.Kind) -> Markup {
        let cell = kind.drawn.cell
        return """
            <details><summary><h3>\(cell.id)</h3> \
            <span class="lede">\(kind.drawn.outcome.words)</span></summary>
            <div class="body" id="\(Anchors.cell(cell.id))">
            \(kind.others.isEmpty ? nil : others(kind.others))
            \(drawings.figure(RecordedFile(kind.drawn)))
            \(Self.commands(cell))
            </div></details>

            """
    }

    /// How to have the same by hand.
    static func commands(_ cell: Cell) -> Markup {
        let commands = CellCommands(cell)
        return """
            <dl><dt>The server</dt><dd><code>\(commands.server)</code></dd>\
            <dt>The client</dt><dd><code>\(commands.first)</code></dd>\
            <dt>The client again</dt><dd><code>\(commands.second)</code></dd></dl>
            """
    }

    private func others(_ cells: [Cell]) -> Markup {
        """
        <p class="lede">\(counted(cells.count, "more cell")) went the same way: \(cells.summary)</p>
        """
    }
}

extension Outcome {
    /// How it ended, as a sentence.
    var sentence: String { words.prefix(1).uppercased() + words.dropFirst() + "." }

    /// How it ended, in a line.
    var words: String {
        let closing =
            switch firstToClose {
            case .none: "neither side closed"
            case .both: "both closed at once"
            case .client, .server: "the \(firstToClose.rawValue) closed first, by \(ending.rawValue.uppercased())"
            }
        let holder =
            switch timeWait {
            case .none: "no TIME-WAIT"
            case .both: "TIME-WAIT at both"
            case .client, .server: "TIME-WAIT at the \(timeWait.rawValue)"
            }
        return "\(closing); \(holder); reconnect: \(reconnect.text)"
    }
}
