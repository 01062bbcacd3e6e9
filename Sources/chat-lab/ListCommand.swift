import ArgumentParser
import Claims
import Console
import Experiments
import Flags
import Recordings
import Scenes
import Text

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the experiments with the claims on which each bears, and the claims.")

    @Flag(help: "List the cells of the matrix instead, one name a line.")
    var cells = false

    @Flag(inversion: .prefixedNo, help: "Page a list that is longer than the terminal (CHAT_LAB_PAGER, PAGER, less).")
    var pager = true

    @OptionGroup
    var color: ColorFlag

    func run() throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        let text = cells ? Matrix.cells().map(\.id).joined(separator: "\n") : experiments
        if pager && Pager.show(text) { return }
        try orExit(.connectionLost) { try writeResult(text) }
    }

    private var experiments: String {
        let paint = Paint(hasColour: color.isOn)
        let width = max(6, allExperiments.map(\.id.count).max() ?? 0) + 2
        func line(_ name: String, _ text: String) -> String {
            let line = name + String(repeating: " ", count: width - name.count) + text
            let lines = TextLayout.hanging(line, indent: width, width: textWidth())
            return paint(lines.joined(separator: "\n"), first: name.count, .bold)
        }
        var lines = allExperiments.map { experiment in
            line(
                experiment.id,
                experiment.claims.isEmpty ? "the states of a connection" : experiment.claims.joined(separator: " "))
        }
        let claims = Matrix.claims.joined(separator: " ")
        lines.append(line("matrix", "\(Matrix.cells().count) cells: \(claims)"))
        lines.append(line("", "left out: \(Matrix.omissions)"))
        let claimTexts = Claim.all.map {
            paint(cut(TextLayout.pad($0.id, 5) + $0.text, to: textWidth()), first: $0.id.count, .bold)
        }
        return (lines + [""] + claimTexts).joined(separator: "\n")
    }
}
