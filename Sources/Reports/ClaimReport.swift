package import Claims
import Recordings
import Text

/// What a person sees of a run for some claims: of each the answer, the verdict with its reasons, and the recording that decides.
package struct ClaimReport: Sendable {
    private let report: Report
    private let claims: [String]
    private let width: Int
    private let paint: Paint
    /// No claim takes more lines than these.
    private static let most = 60

    /// - Parameters:
    ///   - claims: Their identifiers, in the order in which they are shown.
    ///   - width: How long a line may be.
    package init(_ report: Report, claims: [String], width: Int = TextLayout.width, hasColour: Bool = false) {
        (self.report, self.claims, self.width) = (report, claims, width)
        paint = Paint(hasColour: hasColour)
    }

    package var text: String {
        claims.map { lines($0).joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private func lines(_ id: String) -> [String] {
        let end = limited(notes(id), to: 10)
        guard let verdict = report.verdicts.first(where: { $0.claim.id == id }) else {
            return paragraph("\(id): nothing in this run tests it.") + end
        }
        var lines = paragraph(verdict.answer ?? verdict.answerIsMissing ?? "").map { paint($0, .bold) }
        lines += ["", "claim     \(id)"] + hanging("claimed   ", "“\(verdict.claim.text)”")
        lines += hanging("verdict   ", verdict.kind.rawValue + (verdict.condition.map { ": \($0)" } ?? ""))
        for exception in verdict.exceptions { lines += hanging("exception ", exception) }
        lines += hanging("because   ", verdict.because)
        lines = limited(lines, to: Self.most - end.count - 1)
        let evidence = Evidence(report, width: width, paint: paint)
            .lines(of: verdict.evidence, most: Self.most - lines.count - end.count - 2)
        return lines + (evidence.isEmpty ? [] : [""] + evidence) + [""] + end
    }

    /// What is missing, and where the rest is.
    private func notes(_ id: String) -> [String] {
        let failures = report.failures.map { cut("Could not run: \($0.id): \($0.reason)", to: width) }
        let notes = Coverage(report).notes(on: id) + ["Everything: --verbose. A page with every segment: --output DIR."]
        return failures.prefix(3) + notes.flatMap(paragraph)
    }

    private func limited(_ lines: [String], to most: Int) -> [String] {
        lines.count <= most ? lines : lines.prefix(most - 1) + ["… \(lines.count - most + 1) more lines: --verbose"]
    }

    private func paragraph(_ text: String) -> [String] { TextLayout.paragraph(text, width: width, indent: 0) }

    private func hanging(_ name: String, _ text: String) -> [String] {
        TextLayout.hanging(name + text, indent: 10, width: width)
    }
}
