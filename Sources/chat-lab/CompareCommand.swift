import ArgumentParser
import Console
import Flags
import Recordings
import Reports
import TCPSockets

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Shows what differs between reports: kernels, settings, machines.",
        discussion: """
            Claims and cells that differ, one column for each report. Times are not compared: they change from run to run. \
            Exit status 0 if all is equal, 1 if something differs.

            EXAMPLES
              chat-lab run --output old               (boot another kernel)
              chat-lab run --output new
              chat-lab compare old/report.json new/report.json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, markdown, json
    }

    @Argument(help: "Two or more: report.json as --output writes it.", completion: .file(extensions: ["json"]))
    var reports: [String] = []

    @Option(help: "How to show it: text, markdown or json.")
    var format = Format.text

    @OptionGroup
    var color: ColorFlag

    func validate() throws {
        try require(reports.count >= 2, "compare needs at least two reports")
    }

    func run() throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        let sides = SideBySide(try reports.map { ($0, try document($0)) })
        guard sides.cells + sides.claims > 0 else {
            writeLine("chat-lab: the reports have no cell and no claim in common", to: 2)
            throw ExitCode(ExitStatus.dataError.rawValue)
        }
        let text =
            switch format {
            case .text: sides.text(width: textWidth(), hasColour: color.isOn)
            case .markdown: sides.markdown
            case .json: try sides.json()
            }
        try orExit(.connectionLost) { try writeResult(text) }
        if !sides.isEqual { throw ExitCode(ExitStatus.different.rawValue) }
    }

    private func document(_ path: String) throws -> ReportDocument {
        let bytes = try orExit(.noInput) { try readFile(path) }
        return try orExit(.dataError) { try ReportDocument(json: bytes, name: path) }
    }
}
