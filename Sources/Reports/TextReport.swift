package import Claims
import Recordings
import Text

/// The report at a glance, for a terminal: `--format table`.
package struct TextReport: Sendable {
    private let report: Report
    private let width: Int
    private let paint: Paint

    /// - Parameter width: How long a line may be.
    package init(_ report: Report, width: Int = TextLayout.width, hasColour: Bool = false) {
        (self.report, self.width) = (report, width)
        paint = Paint(hasColour: hasColour)
    }

    /// - Parameter time: How long the run took.
    package func text(after time: Duration? = nil) -> String {
        var sections: [[String]] = []
        if !report.cells.isEmpty { sections += matrix }
        if !report.experiments.isEmpty { sections.append(experiments) }
        sections += report.verdicts.map(lines)
        if !report.failures.isEmpty { sections.append(failures) }
        let summary = [Self.summary(report, after: time)] + Coverage(report).notes
        sections.append(summary.flatMap { paragraph($0, indent: 0) })
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var matrix: [[String]] {
        let text = MatrixText(report.cells, width: width)
        return [text.grid(paint, report.contradictions), paragraph(MatrixText.legend, indent: 0)]
            + text.remarks.map { paragraph($0, indent: 0) }
    }

    /// Their figures stand in the other formats; here they are shown for those that were asked for by name.
    private var experiments: [String] {
        let names = report.experiments.map(\.id).joined(separator: ", ")
        let shown = report.experiments.count <= 3 ? report.experiments.filter { !$0.figures.isEmpty } : []
        return paragraph("Experiments: \(names).", indent: 0)
            + shown.flatMap { experiment in
                ["", paint(experiment.id, .bold)]
                    + experiment.figures.flatMap { figure in
                        TextLayout.hanging("    \(figure.name): \(figure.value)", indent: 4, width: width)
                    }
            }
    }

    private func lines(_ verdict: Verdict) -> [String] {
        let colour: Paint.Style =
            switch verdict.kind {
            case .confirmed: .green
            case .refuted: .red
            case .conditional: .yellow
            case .notTestable: .plain
            }
        let answer = verdict.answer ?? verdict.answerIsMissing ?? ""
        var lines = TextLayout.hanging(TextLayout.pad(verdict.claim.id, 5) + answer, indent: 5, width: width)
        lines[0] = paint(String(lines[0].prefix(5)), .bold) + lines[0].dropFirst(5)
        lines += paragraph("“\(verdict.claim.text)”", indent: 5)
        lines.append("     " + paint(verdict.kind.rawValue + (verdict.condition == nil ? "" : ":"), colour))
        if let condition = verdict.condition { lines += paragraph(condition, indent: 5) }
        return (lines + verdict.exceptions.flatMap { paragraph("Exception: \($0)", indent: 5) })
            + paragraph(verdict.because, indent: 5)
    }

    private var failures: [String] {
        [paint("Could not run:", .red)]
            + report.failures.flatMap { paragraph("\($0.id): \($0.reason)", indent: 2) }
    }

    /// One sentence.
    package static func summary(_ report: Report, after time: Duration? = nil) -> String {
        let verdicts = Verdict.Kind.allCases.map { kind in
            "\(report.verdicts.count { $0.kind == kind }) \(kind.rawValue)"
        }
        let done = [
            counted(report.cells.count, "cell"), counted(report.experiments.count, "experiment"),
        ].joined(separator: ", ")
        let failed = report.failures.isEmpty ? "" : ", \(report.failures.count) could not run"
        let seconds = time.map { " in \($0.inTenths) s" } ?? ""
        return "\(done)\(failed)\(seconds), on Linux \(report.kernel); "
            + "\(counted(report.verdicts.count, "claim")): \(verdicts.joined(separator: ", "))."
    }

    private func paragraph(_ text: String, indent: Int) -> [String] {
        TextLayout.paragraph(text, width: width, indent: indent)
    }
}
