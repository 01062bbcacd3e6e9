import Claims
import Recordings
import Text

/// What to do, for a person's eyes, in order of harm: remedies that do the same are one row, with the advice below it.
struct RemediesText {
    private let remedies: [Remedy]
    private let width: Int

    init(_ remedies: [Remedy], width: Int) {
        (self.remedies, self.width) = (remedies, width)
    }

    static let legend = """
        lost: of a last message of 4 MiB, to a peer that reads slowly and is silent, or talks. conn/s: connections a second that \
        one address can sustain. ?: not measured.
        """

    private struct Row {
        var names: [String]
        let entries: [String]
        let advice: String?
    }

    private var rows: [Row] {
        remedies.inOrderOfHarm.reduce(into: []) { rows, remedy in
            let entries = remedy.entries.dropFirst().dropLast().map(Self.short)
            let name = remedy.name.hasPrefix("--close ") ? String(remedy.name.dropFirst(8)) : remedy.name
            if let index = rows.firstIndex(where: { $0.entries == entries && $0.advice == remedy.advice }) {
                rows[index].names.append(name)
            } else {
                rows.append(Row(names: [name], entries: entries, advice: remedy.advice))
            }
        }
    }

    /// A heading, a rule, and the rows.
    var lines: [String] {
        let rows = rows
        let heading = ["port free", "TIME-WAIT", "lost: silent", "talking", "blocks", "conn/s"]
        let widths = heading.indices.map { column in
            ([heading[column]] + rows.map { $0.entries[column] }).map(\.count).max() ?? 0
        }
        let first = max(16, width - widths.reduce(0) { $0 + $1 + 1 })
        func line(_ name: String, _ entries: [String]) -> String {
            let padded = zip(entries, widths).map { TextLayout.pad($0, $1) }
            return cut(([TextLayout.pad(name, first)] + padded).joined(separator: " ").trimmingEnd, to: width)
        }
        let rule = min(width, first + widths.reduce(0) { $0 + $1 + 1 })
        return [line("remedy", heading), String(repeating: "-", count: rule)]
            + rows.flatMap { row in
                let names = TextLayout.wrap(row.names.joined(separator: ", "), width: first)
                let advice = row.advice.map { TextLayout.paragraph("-> \($0)", width: width, indent: 2) }
                return [line(names.first ?? "", row.entries)] + names.dropFirst() + (advice ?? [])
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
}
