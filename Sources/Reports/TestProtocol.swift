package import Claims
import Recordings

/// The report for test harnesses: `--format tap`, the Test Anything Protocol, version 14.
///
/// A test point for each cell, experiment and claim. It is "ok" that a claim is refuted: a verdict is a result. "not
/// ok" is what could not be carried out, and what differs from an expectation.
package struct TestProtocol: Sendable {
    private let document: ReportDocument
    private let differences: [String: [Comparison.Difference]]
    private let others: [Comparison.Difference]

    /// - Parameter differences: What differs from the expectation, or between runs.
    package init(_ report: Report, differences: [Comparison.Difference] = []) {
        document = ReportDocument(report, hasCaptures: false)
        let points = Set(document.cells.map(\.id) + document.experiments.map(\.id) + document.claims.map(\.id))
        self.differences = Dictionary(grouping: differences.filter { points.contains($0.id) }, by: \.id)
        others = differences.filter { !points.contains($0.id) }
    }

    package var text: String {
        let points =
            document.cells.map { point($0.id, $0.diagnostics) }
            + document.experiments.map { point($0.id, $0.figures.map { ($0.name, .text($0.value)) }) }
            + document.claims.map { claim in
                point(
                    claim.id,
                    [
                        ("answer", .text(claim.answer)), ("text", .text(claim.text)),
                        ("verdict", .text(claim.verdict.rawValue)), ("condition", .text(claim.condition)),
                        (
                            "exceptions",
                            .text(claim.exceptions.isEmpty ? nil : claim.exceptions.joined(separator: " "))
                        ), ("because", .text(claim.because)),
                    ])
            }
            + document.failures.map { lines("not ok", $0.id, [("message", .text($0.reason))]) }
            + others.map { lines("not ok", $0.id, [("message", .text($0.description))]) }
        let numbered = points.enumerated().map { number, point in
            "\(point.result) \(number + 1) - \(escaped(point.id))\n\(point.diagnostics)"
        }
        return (["TAP version 14", "1..\(points.count)"] + numbered).joined(separator: "\n")
    }

    private struct Point {
        let result, id, diagnostics: String
    }

    private func point(_ id: String, _ diagnostics: [(String, Scalar)]) -> Point {
        let differences = differences[id, default: []]
        return lines(
            differences.isEmpty ? "ok" : "not ok", id,
            diagnostics + differences.map { ("difference", .text($0.description)) })
    }

    private func lines(_ result: String, _ id: String, _ diagnostics: [(String, Scalar)]) -> Point {
        let lines = diagnostics.map { key, value in "  \(quoted(key)): \(written(value))" }
        return Point(result: result, id: id, diagnostics: (["  ---"] + lines + ["  ..."]).joined(separator: "\n"))
    }

    /// A description in which `#` begins no directive.
    private func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("#", with: "\\#")
    }

    private func written(_ scalar: Scalar) -> String {
        switch scalar {
        case .number(let number): "\(number)"
        case .text(let text): text.map(quoted) ?? "null"
        }
    }

    /// A double-quoted scalar of YAML, which is a string whatever it looks like.
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

/// A value as YAML knows it, of the type that it has in `report.json`.
private enum Scalar {
    case text(String?)
    case number(Int)
}

extension ReportDocument.Cell {
    fileprivate var diagnostics: [(String, Scalar)] {
        [
            ("firstToClose", .text(firstToClose.rawValue)), ("ending", .text(ending.rawValue)),
            ("timeWait", .text(timeWait.rawValue)), ("serverSaw", .text(serverSaw.rawValue)),
            ("reconnect.bind", .text(reconnect.bind.description)),
            ("reconnect.connect", .text(reconnect.connect?.description)),
            ("bytesLost", .number(bytesLost)), ("rstCause", .text(rstCause?.rawValue)),
        ]
    }
}
