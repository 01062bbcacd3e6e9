package import Claims
import Recordings
import TCPSockets
import Text

/// What there is to know of a claim, an experiment or a cell before it is run.
package struct Description: Sendable {
    private let width: Int
    private let paint: Paint
    private var lines: [String] = []

    package var text: String { lines.joined(separator: "\n") }

    /// - Parameters:
    ///   - experiments: All there are.
    ///   - width: How long a line may be; commands are not broken.
    /// - Returns: nil for a name that means none of them.
    package init?(
        of name: String, experiments: [ExperimentDescription], width: Int = TextLayout.width,
        hasColour: Bool = false
    ) {
        (self.width, paint) = (width, Paint(hasColour: hasColour))
        if let claim = Claim.named(name) {
            describe(claim, experiments)
        } else if let experiment = experiments.first(where: { $0.id == name }) {
            describe(experiment)
        } else if let cell = Matrix.cells().first(where: { $0.id == name }) {
            describe(cell)
        } else {
            return nil
        }
    }

    private mutating func describe(_ claim: Claim, _ experiments: [ExperimentDescription]) {
        add("claim", claim.id)
        add("answer on file", claim.answer.text)
        add("claimed", claim.text)
        add("source", claim.source)
        let bearing = experiments.filter { $0.claims.contains(claim.id) }.map(\.id)
        let matrix = Matrix.slowClaims.contains(claim.id) ? "matrix (with --full only)" : "matrix"
        let all = bearing + (Matrix.claims.contains(claim.id) ? [matrix] : [])
        add("run by", all.isEmpty ? "nothing" : all.joined(separator: ", "))
    }

    private mutating func describe(_ experiment: ExperimentDescription) {
        add("experiment", experiment.id)
        add("claims", experiment.claims.joined(separator: ", "))
        add("claimed", experiment.claimed)
        add("done", experiment.done)
        add("look for", experiment.lookFor)
    }

    private mutating func describe(_ cell: Cell) {
        add("cell", cell.id)
        for knob in cell.knobs { add(knob.name, knob.value) }
        let commands = CellCommands(cell)
        lines += ["", "On the server's host:", "  \(commands.server)"]
        lines += ["On the client's host, and at the prompt: ping, exit"]
        lines += ["  \(commands.first)", "The same client again, at once:", "  \(commands.second)"]
        if cell.isPinned {
            lines += TextLayout.wrap(
                "The wire delivers the client's exit and its FIN or RST back to back, so the client is first.",
                width: width)
        }
    }

    private mutating func add(_ name: String, _ value: String) {
        let text = TextLayout.hanging(TextLayout.pad(name, 16) + value, indent: 16, width: width)
        lines.append(paint(text.joined(separator: "\n"), first: name.count, .bold))
    }
}

extension Cell {
    fileprivate var knobs: [(name: String, value: String)] {
        [
            ("family", family.name), ("bind", bind.rawValue), ("SO_REUSEADDR", reuseAddress.rawValue),
            ("client closes", close.rawValue), ("server closes", serverClose.rawValue),
            ("padding", padding == 0 ? "none" : "\(padding) byte"),
            ("timestamps", "net.ipv4.tcp_timestamps=\(timestamps ? 1 : 0)"),
        ]
    }
}
