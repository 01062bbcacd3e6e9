import Claims
import Console
import Recordings
import Reports
import Text

/// What the runs come to: whether all could be carried out, and whether all is as it should be.
struct Judgement {
    let failures: [RunFailure]
    let differences: [Comparison.Difference]
    /// The same in words.
    let lines: [String]

    /// - Parameters:
    ///   - reports: One for each run.
    ///   - expected: The report of `--expect`.
    init(_ reports: [Report], expected: ReportDocument?) {
        failures = reports.flatMap(\.failures)
        let repetition = Repetition(reports)
        var (differences, lines) = (repetition.differences, repetition.lines)
        if let expected {
            let comparison = Comparison(
                expected: expected, seen: ReportDocument(reports[0], hasCaptures: false))
            differences += comparison.differences
            lines += comparison.differences.map(\.description) + comparison.unjudged
            if !comparison.uncompared.isEmpty {
                lines.append(
                    "not compared, because something they rest on is missing: \(comparison.uncompared.joined(separator: ", "))"
                )
            }
            let what =
                "\(counted(comparison.cells, "cell")) and \(counted(comparison.claims, "claim")) compared with --expect"
            let result =
                comparison.differences.isEmpty ? "all equal" : counted(comparison.differences.count, "difference")
            let rest = comparison.unjudged.isEmpty ? "" : "; \(comparison.unjudged.count) not judged"
            lines.append("\(what): \(result)\(rest)")
        }
        (self.differences, self.lines) = (differences, lines)
    }

    /// nil for success.
    var status: ExitStatus? {
        if !failures.isEmpty { return .software }
        return differences.isEmpty ? nil : .different
    }
}
