/// The report for test harnesses: `--format tap`, the Test Anything Protocol, version 14.
///
/// A test point for each cell, experiment and claim. It is "ok" that a claim is refuted: a verdict is a result. "not
/// ok" is what could not be carried out, and what differs from an expectation.
public struct TestProtocol: Sendable {
    private let document: ReportDocument
    private let differences: [String: [Comparison.Difference]]
    private let others: [Comparison.Difference]

    /// - Parameter differences: What differs from the expectation, or between runs.
    public init(_ report: Report, differences: [Comparison.Difference] = []) {
        document = ReportDocument(report, hasCaptures: false)
        let points = Set(document.cells.map(\.id) + document.experiments.map(\.id) + document.claims.map(\.id))
        self.differences = Dictionary(grouping: differences.filter { points.contains($0.id) }, by: \.id)
        others = differences.filter { !points.contains($0.id) }
    }

    public var text: String {
        let points =
            document.cells.map { point($0.id, $0.diagnostics) }
            + document.experiments.map { point($0.id, $0.figures.map { ($0.name, $0.value) }) }
            + document.claims.map { claim in
                point(
                    claim.id,
                    [
                        ("text", claim.text), ("verdict", claim.verdict.rawValue), ("condition", claim.condition),
                        ("because", claim.because),
                    ])
            }
            + document.failures.map { lines("not ok", $0.id, [("message", $0.reason)]) }
            + others.map { lines("not ok", $0.id, [("message", $0.description)]) }
        let numbered = points.enumerated().map { number, point in
            "\(point.result) \(number + 1) - \(escaped(point.id))\n\(point.diagnostics)"
        }
        return (["TAP version 14", "1..\(points.count)"] + numbered).joined(separator: "\n")
    }

    private struct Point {
        let result, id, diagnostics: String
    }

    private func point(_ id: String, _ diagnostics: [(String, String?)]) -> Point {
        let differences = differences[id, default: []]
        return lines(
            differences.isEmpty ? "ok" : "not ok", id,
            diagnostics + differences.map { ("difference", $0.description) })
    }

    private func lines(_ result: String, _ id: String, _ diagnostics: [(String, String?)]) -> Point {
        let lines = diagnostics.map { key, value in "  \(quoted(key)): \(value.map(quoted) ?? "null")" }
        return Point(result: result, id: id, diagnostics: (["  ---"] + lines + ["  ..."]).joined(separator: "\n"))
    }

    /// A description in which `#` begins no directive.
    private func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("#", with: "\\#")
    }

    /// A double-quoted scalar of YAML.
    private func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "\"", "\\": escaped += "\\\(scalar)"
            case "\n": escaped += "\\n"
            case "\t": escaped += "\\t"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return "\"\(escaped)\""
    }
}

extension ReportDocument.Cell {
    fileprivate var diagnostics: [(String, String?)] {
        [
            ("firstToClose", firstToClose.rawValue), ("ending", ending.rawValue), ("timeWait", timeWait.rawValue),
            ("serverSaw", serverSaw.rawValue), ("reconnect.bind", reconnect.bind),
            ("reconnect.connect", reconnect.connect), ("bytesLost", "\(bytesLost)"), ("rstCause", rstCause?.rawValue),
        ]
    }
}
