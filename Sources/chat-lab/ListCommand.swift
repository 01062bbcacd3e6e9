import ArgumentParser
import Console
import TimeWaitLab

struct ListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the experiments, and the claims on which each bears.")

    @Flag(help: "List the cells of the matrix instead, one name a line.")
    var cells = false

    func run() throws {
        ignoreBrokenPipes()
        if cells {
            writeLine(Matrix.cells().map(\.id).joined(separator: "\n"))
            return
        }
        let width = max(6, allExperiments.map(\.id.count).max() ?? 0) + 2
        func line(_ name: String, _ text: String) -> String {
            name + String(repeating: " ", count: width - name.count) + text
        }
        var lines = allExperiments.map { experiment in
            line(
                experiment.id,
                (experiment.claims.isEmpty ? "the states of a connection" : experiment.claims.joined(separator: " "))
                    + (experiment.isSlow ? "  (--full)" : ""))
        }
        let claims = Matrix.claims.joined(separator: " ")
        lines.append(line("matrix", "\(Matrix.cells().count) cells: \(claims)"))
        lines.append(line("", "left out: \(Matrix.omissions)"))
        writeLine(lines.flatMap { TextLayout.hanging($0, indent: width) }.joined(separator: "\n"))
    }
}
