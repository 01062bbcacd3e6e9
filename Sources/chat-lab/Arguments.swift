import ArgumentParser
import Claims
import Reports
import TCPSockets

/// `--family`.
enum Families: String, ExpressibleByArgument, CaseIterable {
    case v4 = "4"
    case v6 = "6"
    case both

    var families: [IPAddress.Family] {
        switch self {
        case .v4: [.v4]
        case .v6: [.v6]
        case .both: [.v4, .v6]
        }
    }
}

/// `--format`.
enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, json, tap, markdown

    func text(
        of report: Report, _ differences: [Comparison.Difference], after time: Duration, hasColour: Bool
    ) throws -> String {
        switch self {
        case .table: TextReport(report, width: textWidth(), hasColour: hasColour).text(after: time)
        case .json: try ReportDocument(report, hasCaptures: false).json()
        case .tap: TestProtocol(report, differences: differences).text
        case .markdown: Markdown(report).text
        }
    }
}

extension ParsableCommand {
    /// Whether the command line has an option that this command does not have. ArgumentParser names that only after
    /// validation, which would blame the value behind it: `--formt json`.
    static var isGivenUnknownOption: Bool {
        let help = helpMessage()
        return CommandLine.arguments.contains { $0.hasPrefix("--") && !help.contains($0.prefix { $0 != "=" }) }
    }
}
