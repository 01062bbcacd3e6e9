import Claims
import FoundationEssentials
import Text

// The forms of `chat-lab compare`.

extension SideBySide {
    package var isEqual: Bool { rows.isEmpty }

    private var heading: String {
        let what = "\(counted(cells, "cell")) and \(counted(claims, "claim")) compared"
        return rows.isEmpty ? "\(what): all equal." : "\(what): \(counted(rows.count, "difference"))."
    }

    private var names: [String] { columns.map(\.name) }

    /// Where a report has no value.
    private static let missing = "-"

    /// For a terminal: the answer first, then a column a report.
    package func text(width: Int, hasColour: Bool) -> String {
        var lines = [heading]
        if !rows.isEmpty { lines += [""] + grid(rows, width, hasColour) }
        if !settings.isEmpty { lines += ["", "Settings that differ:"] + grid(settings, width, hasColour) }
        if !notes.isEmpty { lines += [""] + notes.flatMap { TextLayout.wrap($0, width: width) } }
        return lines.joined(separator: "\n")
    }

    private func grid(_ rows: [Row], _ width: Int, _ hasColour: Bool) -> [String] {
        var grid = Grid(width: width, paint: Paint(hasColour: hasColour)) { $0 == Self.missing ? .yellow : .plain }
        grid.add([[""]] + names.map { [$0] })
        for row in rows {
            grid.add([[row.id] + [row.field].compactMap(\.self)] + row.values.map { [$0 ?? Self.missing] })
        }
        let blocks = grid.blocks
        return blocks[0] + [grid.rule] + Array(blocks.dropFirst().joined(separator: [""]))
    }

    /// For a page: with the claims in words.
    package var markdown: String {
        var parts = [heading]
        if !rows.isEmpty {
            parts.append(
                Markdown.table(
                    [""] + names,
                    rows.map { row in
                        let claim = Claim.named(row.id).map { ". \(Markdown.escaped($0.text))" } ?? ""
                        let field = row.field.map { "<br>\(Markdown.escaped($0))" } ?? ""
                        return ["\(Markdown.escaped(row.id))\(claim)\(field)"] + entries(row)
                    }))
        }
        if !settings.isEmpty {
            parts.append(
                Markdown.table(["setting"] + names, settings.map { ["`\($0.id)`"] + entries($0) }))
        }
        if !notes.isEmpty { parts.append(notes.map { "- \(Markdown.escaped($0))" }.joined(separator: "\n")) }
        return parts.joined(separator: "\n\n")
    }

    private func entries(_ row: Row) -> [String] { row.values.map { Markdown.escaped($0 ?? Self.missing) } }

    /// As JSON: `docs/schema/compare.json`.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Document(self)), as: UTF8.self)
    }

    private struct Document: Encodable {
        struct Report: Encodable {
            let name, kernel: String
        }

        struct Difference: Encodable {
            let id: String
            @Nullable var field: String?
            let values: [Nullable<String>]

            init(_ row: Row) {
                id = row.id
                field = row.field
                values = row.values.map(Nullable.init(wrappedValue:))
            }
        }

        let schema = 1
        let reports: [Report]
        let cells, claims: Int
        let differences, settings: [Difference]
        let notes: [String]

        init(_ sides: SideBySide) {
            reports = sides.columns.map { Report(name: $0.name, kernel: $0.document.kernel) }
            (cells, claims, notes) = (sides.cells, sides.claims, sides.notes)
            (differences, settings) = (sides.rows.map(Difference.init), sides.settings.map(Difference.init))
        }
    }
}
