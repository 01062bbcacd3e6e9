import ArgumentParser
import Claims
import Console
import Experiments
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

    func run() throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        let text = cells ? Matrix.cells().map(\.id).joined(separator: "\n") : experiments
        if pager && Pager.show(text) { return }
        try orExit(.connectionLost) { try writeResult(text) }
    }

    private var experiments: String {
        let width = max(6, allExperiments.map(\.id.count).max() ?? 0) + 2
        func line(_ name: String, _ text: String) -> String {
            name + String(repeating: " ", count: width - name.count) + text
        }
        var lines = allExperiments.map { experiment in
            line(
                experiment.id,
                experiment.claims.isEmpty ? "the states of a connection" : experiment.claims.joined(separator: " "))
        }
        let claims = Matrix.claims.joined(separator: " ")
        lines.append(line("matrix", "\(Matrix.cells().count) cells: \(claims)"))
        lines.append(line("", "left out: \(Matrix.omissions)"))
        let claimTexts = Claim.all.map { cut(TextLayout.pad($0.id, 5) + $0.text, to: textWidth()) }
        return (lines.flatMap { TextLayout.hanging($0, indent: width, width: textWidth()) } + [""] + claimTexts)
            .joined(separator: "\n")
    }
}
