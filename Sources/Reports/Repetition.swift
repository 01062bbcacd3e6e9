package import Claims
import Recordings

/// What several runs of the same experiments say differently.
package struct Repetition: Sendable {
    /// Of the runs behind the first, from the first.
    package let differences: [Comparison.Difference]
    /// In words: what could not be carried out after the first run, what differs, and what it comes to.
    package let lines: [String]

    package init(_ reports: [Report]) {
        // One run has nothing to be compared with.
        let documents = reports.count < 2 ? [] : reports.map { ReportDocument($0, hasCaptures: false) }
        var differences: [Comparison.Difference] = []
        var lines: [String] = []
        for (number, (report, document)) in zip(reports, documents).enumerated().dropFirst() {
            let comparison = Comparison(expected: documents[0], seen: document)
            differences += comparison.differences
            lines += report.failures.map { "run \(number + 1): \($0.id) could not run: \($0.reason)" }
            lines += comparison.differences.map { "run \(number + 1) differs from run 1: \($0)" }
        }
        if reports.count > 1, differences.isEmpty {
            let isWhole = reports.allSatisfy(\.failures.isEmpty)
            lines.append("\(reports.count) runs, all equal" + (isWhole ? "" : " in what could run"))
        }
        (self.differences, self.lines) = (differences, lines)
    }
}
