package import Claims
import Recordings
import TCPSockets
import Text

/// What a person sees of a run: the matrix, what to do, and the answers that are not a plain yes; of what was asked for by name
/// all answers, the figures, and of a cell or two the segments.
package struct ShortReport: Sendable {
    private let report: Report
    private let isWhole: Bool
    private let claims: [String]
    private let width: Int
    private let paint: Paint
    /// It takes no more lines than these.
    private static let most = 100

    /// - Parameters:
    ///   - isWhole: Whether everything was asked for, and nothing by name.
    ///   - claims: Those that were asked for by name beside something else; none for all that were looked at.
    ///   - width: How long a line may be.
    package init(
        _ report: Report, isWhole: Bool = true, claims: [String] = [], width: Int = TextLayout.width,
        hasColour: Bool = false
    ) {
        (self.report, self.isWhole, self.claims, self.width) = (report, isWhole, claims, width)
        paint = Paint(hasColour: hasColour)
    }

    /// - Parameter time: How long the run took.
    package func text(after time: Duration? = nil) -> String {
        let fixed = [matrix, figures, remedies, failures, end(time)]
        // An empty line before each of the other two.
        var room = Self.most - fixed.filter { !$0.isEmpty }.map { $0.count + 1 }.reduce(0, +) - 1
        let answers = answers(most: room)
        room -= answers.count + 1
        let sections = [matrix, figures, segments(most: room), remedies, answers, failures, end(time)]
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private var matrix: [String] {
        guard !report.cells.isEmpty else { return [] }
        let grid = MatrixText(report.cells, width: width).grid(paint, Contradictions([]))
        return limited(grid, to: 40) + paragraph(MatrixText.shortLegend)
    }

    /// Of a few experiments that were asked for by name.
    private var figures: [String] {
        guard !isWhole, report.experiments.count <= 3 else { return [] }
        let lines = report.experiments.flatMap { experiment in
            experiment.figures.isEmpty
                ? []
                : [paint(experiment.id, .bold)]
                    + experiment.figures.flatMap { paragraph("\($0.name): \($0.value)", indent: 2) }
        }
        return limited(lines, to: 20)
    }

    private func segments(most: Int) -> [String] {
        let ids = report.cells.map(\.cell.id) + report.experiments.map(\.id)
        guard !isWhole, ids.count <= 2 else { return [] }
        let evidence = Evidence(report, width: width, paint: paint)
        let parts = ids.map { evidence.lines(of: [$0], most: most / ids.count - 1) }.filter { !$0.isEmpty }
        return Array(parts.joined(separator: [""]))
    }

    /// Nothing without the cells of each way to close: a few rows are no choice.
    private var remedies: [String] {
        let remedies = report.remedies
        guard remedies.count >= CloseStrategy.allCases.count else { return [] }
        return limited(
            [paint("What to do, the least harmful first", .bold)] + RemediesText(remedies, width: width).lines, to: 30)
            + paragraph(RemediesText.legend)
    }

    private func answers(most: Int) -> [String] {
        let verdicts = report.verdicts.filter { verdict in
            (!isWhole || !verdict.isPlainYes) && (claims.isEmpty || claims.contains(verdict.claim.id))
        }
        guard !verdicts.isEmpty else { return [] }
        let heading = [paint(isWhole ? "Not a plain yes" : "Answers", .bold)]
        if verdicts.count < most { return heading + verdicts.map(line) }
        // What has no room is named, and is rather a yes than a no.
        let ranked = verdicts.filter { $0.kind != .confirmed } + verdicts.filter { $0.kind == .confirmed }
        for shown in stride(from: ranked.count, through: 0, by: -1) {
            let names = ranked.dropFirst(shown).map(\.claim.id).joined(separator: ", ")
            let lines = heading + ranked.prefix(shown).map(line) + paragraph("And: \(names).")
            if lines.count <= most { return lines }
        }
        return ["\(verdicts.count) answers do not fit here: --verbose"]
    }

    private var failures: [String] {
        guard !report.failures.isEmpty else { return [] }
        let lines = report.failures.map { cut("  \($0.id): \($0.reason)", to: width) }
        return [paint("Could not run:", .red)] + limited(lines, to: 5)
    }

    private func end(_ time: Duration?) -> [String] {
        let lines = ([TextReport.summary(report, after: time)] + Coverage(report).notes).flatMap(paragraph)
        return limited(lines, to: 11) + paragraph(Self.rest)
    }

    /// Where the rest is.
    private static let rest =
        "Everything: --verbose. One claim: chat-lab run A2. A page with every segment: --output DIR."

    private func line(_ verdict: Verdict) -> String {
        let words =
            verdict.answer ?? verdict.condition.map { "(\(verdict.kind.rawValue): \($0))" }
            ?? "(\(verdict.kind.rawValue)) \(verdict.answerIsMissing ?? "")"
        return paint(TextLayout.pad(verdict.claim.id, 5), .bold) + cut(words, to: width - 5)
    }

    private func limited(_ lines: [String], to most: Int) -> [String] {
        lines.count <= most ? lines : lines.prefix(most - 1) + ["… \(lines.count - most + 1) more lines: --verbose"]
    }

    private func paragraph(_ text: String) -> [String] { paragraph(text, indent: 0) }

    private func paragraph(_ text: String, indent: Int) -> [String] {
        TextLayout.paragraph(text, width: width, indent: indent)
    }
}

extension Verdict {
    /// Confirmed without an exception, and with an answer that says so.
    fileprivate var isPlainYes: Bool { kind == .confirmed && exceptions.isEmpty && answer != nil }
}
