package import Claims
import Recordings
import Text

/// What a person sees of a run of everything: the matrix, what to do, and the answers that are not a plain yes.
package struct ShortReport: Sendable {
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
        if !report.cells.isEmpty {
            let text = MatrixText(report.cells, width: width)
            sections.append(text.grid(paint, showsContradictions: false) + paragraph(MatrixText.shortLegend))
        }
        let remedies = report.remedies
        if !remedies.isEmpty {
            sections.append([paint("What to do", .bold)] + table(of: remedies) + paragraph(Self.tableLegend))
        }
        let answers = report.verdicts.filter { $0.kind != .confirmed || !$0.exceptions.isEmpty }
        if !answers.isEmpty {
            sections.append([paint("Not a plain yes", .bold)] + answers.map(line))
        }
        if !report.failures.isEmpty {
            sections.append(
                [paint("Could not be carried out:", .red)]
                    + report.failures.map { cut("  \($0.id): \($0.reason)", to: width) })
        }
        sections.append(
            ([TextReport.summary(report, after: time)] + Coverage(report).notes + [Self.rest]).flatMap(paragraph))
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private static let tableLegend = """
        lost: of a last message of 4 MiB, where the peer reads slowly and is silent, or talks. conn/s: connections a second that \
        one address can go on making.
        """

    /// Where the rest is; no longer than a line.
    private static let rest =
        "All of it: --verbose. One claim: chat-lab run A2. A page with every segment: --output DIR."

    private func line(_ verdict: Verdict) -> String {
        let words = verdict.answer ?? "\(verdict.kind.rawValue): \(verdict.condition ?? verdict.claim.text)"
        return paint(TextLayout.pad(verdict.claim.id, 5), .bold) + cut(words, to: width - 5)
    }

    /// Rows that say the same are one row. What to prefer has no room here.
    private func table(of remedies: [Remedy]) -> [String] {
        var rows: [(names: [String], entries: [String])] = []
        for remedy in remedies {
            let entries = remedy.entries.dropFirst().dropLast().map(Self.short)
            let name = remedy.name.hasPrefix("--close ") ? String(remedy.name.dropFirst(8)) : remedy.name
            if let index = rows.firstIndex(where: { $0.entries == entries }) {
                rows[index].names.append(name)
            } else {
                rows.append(([name], entries))
            }
        }
        let heading = ["port free", "TIME-WAIT", "lost: silent", "talking", "blocks", "conn/s"]
        let widths = heading.indices.map { column in
            ([heading[column]] + rows.map { $0.entries[column] }).map(\.count).max() ?? 0
        }
        let first = max(16, width - widths.reduce(0) { $0 + $1 + 1 })
        func line(_ name: String, _ entries: [String]) -> String {
            let padded = zip(entries, widths).map { TextLayout.pad($0, $1) }
            return ([TextLayout.pad(name, first)] + padded).joined(separator: " ").trimmingEnd
        }
        let rule = first + widths.reduce(0) { $0 + $1 + 1 }
        return [line("remedy", heading), String(repeating: "-", count: rule)]
            + rows.flatMap { row in
                let names = TextLayout.wrap(row.names.joined(separator: ", "), width: first)
                return [line(names.first ?? "", row.entries)] + names.dropFirst()
            }
    }

    /// In few words: `yes: 2,904,576 bytes here` without what the heading says.
    private static func short(_ entry: String) -> String {
        switch entry {
        case "no limit by TIME-WAIT": return "no limit"
        case "it is not called": return "not called"
        default:
            guard entry.hasPrefix("yes: "), entry.hasSuffix(" here") else { return entry }
            return String(entry.dropFirst(5).dropLast(5)).replacing(" bytes", with: " B")
        }
    }

    private func paragraph(_ text: String) -> [String] { TextLayout.paragraph(text, width: width, indent: 0) }
}
