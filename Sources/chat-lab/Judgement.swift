import Console
import TimeWaitLab

/// What the runs come to: whether all could be carried out, and whether all is as it should be.
struct Judgement {
    let failures: [Failure]
    let differences: [Comparison.Difference]
    /// The same in words.
    let lines: [String]

    /// - Parameters:
    ///   - reports: One for each run.
    ///   - expected: The report of `--expect`.
    init(_ reports: [Report], expected: ReportDocument?) {
        let documents = reports.map { ReportDocument($0, hasCaptures: false) }
        failures = reports.flatMap(\.failures)
        var differences: [Comparison.Difference] = []
        var lines: [String] = []
        for (number, document) in documents.enumerated().dropFirst() {
            let comparison = Comparison(expected: documents[0], seen: document)
            differences += comparison.differences
            lines += comparison.differences.map { "run \(number + 1) differs from run 1: \($0)" }
        }
        if documents.count > 1, differences.isEmpty { lines.append("\(documents.count) runs, all equal") }
        if let expected {
            let comparison = Comparison(expected: expected, seen: documents[0])
            differences += comparison.differences
            lines += comparison.differences.map(\.description)
            let what =
                "\(counted(comparison.cells, "cell")) and \(counted(comparison.claims, "claim")) compared with --expect"
            lines.append(
                comparison.differences.isEmpty
                    ? "\(what): all equal" : "\(what): \(counted(comparison.differences.count, "difference"))")
        }
        (self.differences, self.lines) = (differences, lines)
    }

    /// nil for success.
    var status: ExitStatus? {
        if !failures.isEmpty { return .software }
        return differences.isEmpty ? nil : .different
    }
}
