package import Claims
import Recordings

/// The report as a page: `--format markdown`, and `report.md`.
package struct Markdown: Sendable {
    private let report: Report

    package init(_ report: Report) {
        self.report = report
    }

    package var text: String {
        var parts =
            ["# TIME-WAIT on Linux \(report.kernel)"] + [TextReport.summary(report)] + Coverage(report).notes
        if !report.sysctls.isEmpty { parts += ["## Kernel settings", sysctls] }
        let remedies = report.remedies
        if !remedies.isEmpty {
            parts += ["## What to do", Self.table(Remedy.headings, remedies.map { $0.entries.map(Self.escaped) })]
        }
        if !report.verdicts.isEmpty { parts += ["## The claims", claims] }
        if !report.cells.isEmpty { parts += matrix }
        if !report.experiments.isEmpty { parts += ["## The experiments"] + report.experiments.map(experiment) }
        parts += ["## The states", Self.escaped(StateDiagram(report).summary)]
        if !report.failures.isEmpty { parts += ["## What could not run", failures] }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var sysctls: String {
        Self.table(
            ["setting of a new host", "value"],
            report.sysctls.sorted { $0.key < $1.key }.map { ["`\($0.key)`", Self.escaped($0.value)] })
    }

    private var claims: String {
        let rows = report.verdicts.map { verdict in
            [
                verdict.claim.id, "**\(Self.escaped(verdict.answer ?? verdict.answerIsMissing ?? ""))**",
                Self.escaped(verdict.claim.text),
                ([verdict.kind.rawValue] + [verdict.condition.map { "It \($0)." }].compactMap(\.self)
                    + verdict.exceptions).map(Self.escaped).joined(separator: "<br>"),
                Self.escaped(verdict.because), evidence(verdict.evidence),
            ]
        }
        return Self.table(["", "answer", "claim", "verdict and exceptions", "because", "seen in"], rows)
    }

    private func evidence(_ ids: [String]) -> String {
        let limit = 4
        let names = ids.prefix(limit).map { "`\($0)`" }.joined(separator: ", ")
        return ids.count > limit ? "\(names) and \(ids.count - limit) more" : names
    }

    private var matrix: [String] {
        let text = MatrixText(report.cells, width: .max)
        let header = [
            "client closes by", "server closes", "first to close", "ends with", "TIME-WAIT", "implicit bind",
            "explicit bind", "+REUSE on old", "+REUSE on new", "+REUSE on both",
        ]
        let rows = MatrixTable(report.cells, report.contradictions).rows.map { row in
            [
                row.closes.joined(separator: ", "), row.serverCloses.joined(separator: ", "), row.firstToClose,
                ([row.ending] + MatrixTable.mark(row.contradicts)).joined(separator: "<br>"), row.timeWait,
            ]
                + row.entries.map { answers in
                    let lines = answers.flatMap { $0.lines + MatrixTable.mark($0.contradicts) }
                    return lines.isEmpty ? "-" : lines.joined(separator: "<br>")
                }
        }
        let remarks = text.remarks.map { "- \(Self.escaped($0))" }.joined(separator: "\n")
        return [
            "## The matrix", "Cells: \(report.cells.count). \(MatrixText.legend)",
            Self.table(header, rows),
            remarks,
            "Left out: \(Matrix.omissions)",
        ]
    }

    private func experiment(_ result: ExperimentResult) -> String {
        var lines = ["### \(result.id)", ""]
        lines += result.findings.map { finding in
            let condition = finding.condition.map { " \($0)" } ?? ""
            return
                "- \(finding.claim) \(finding.holds ? "holds" : "does not hold")\(Self.escaped(condition)): \(Self.escaped(finding.because))"
        }
        lines += result.untestable.map { "- \($0.claim) is not testable here: \(Self.escaped($0.because))" }
        if !result.figures.isEmpty {
            lines += [
                "",
                Self.table(
                    ["figure", "value"], result.figures.map { [Self.escaped($0.name), Self.escaped($0.value)] }),
            ]
        }
        return lines.joined(separator: "\n")
    }

    private var failures: String {
        report.failures.map { failure in
            let captures = failure.recordings.map { "`\(CaptureFile.of($0, in: failure))`" }.joined(separator: ", ")
            return "- `\(failure.id)`: \(Self.escaped(failure.reason))"
                + (captures.isEmpty ? "" : " What was recorded until then, with `--output`: \(captures)")
        }.joined(separator: "\n")
    }

    static func table(_ header: [String], _ rows: [[String]]) -> String {
        ([header, header.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |" }.joined(
            separator: "\n")
    }

    /// Text from elsewhere, unable to end an entry or to begin markup.
    static func escaped(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ").reduce(into: "") { escaped, character in
            if "\\|*_<>[]{}".contains(character) { escaped.append("\\") }
            escaped.append(character)
        }
    }
}
