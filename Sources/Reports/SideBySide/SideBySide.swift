import Claims
import Recordings
import TCPSockets
import Text

/// What reports say differently about what they have all looked at, a column each.
package struct SideBySide: Sendable {
    /// One report.
    package struct Column: Sendable {
        /// The kernel, or the file's name where several reports are of one kernel.
        package let name: String
        let document: ReportDocument
    }

    /// Something that is not the same in all reports.
    package struct Row: Hashable, Sendable {
        /// A claim, cells (`explicit-{active,linger}`), or a step of the state diagram.
        let id: String
        /// Such as `verdict`; nil where it is there or not.
        let field: String?
        /// One for each report; nil where it has not looked, or could not.
        let values: [String?]

        /// Files come from others: nothing in them may drive the terminal.
        var safe: Row { Row(id: visible(id), field: field.map(visible), values: values.map { $0.map(visible) }) }
    }

    let columns: [Column]
    /// Claims first, in their order; then cells.
    package let rows: [Row]
    /// Settings of the kernels that differ. They explain, and are no difference.
    let settings: [Row]
    /// How many cells and claims were compared with those of the first report, at least.
    package let cells: Int
    package let claims: Int
    /// What could not be compared, a sentence each.
    package let notes: [String]

    /// - Parameter reports: Two or more, with the names of their files.
    package init(_ reports: [(file: String, document: ReportDocument)]) {
        let kernels = reports.map(\.document.kernel)
        columns = reports.map { file, document in
            let isAlone = kernels.count { $0 == document.kernel } == 1
            return Column(name: visible(isAlone ? "Linux \(document.kernel)" : file), document: document)
        }
        let first = columns[0].document
        let comparisons = columns.dropFirst().map { Comparison(expected: first, seen: $0.document) }
        cells = comparisons.map(\.cells).min() ?? 0
        claims = comparisons.map(\.claims).min() ?? 0
        rows = Self.rows(comparisons, Self.settled(columns)).map(\.safe)
        settings = Self.settings(columns).map(\.safe)
        notes = zip(columns.dropFirst(), comparisons).flatMap { column, comparison in
            Self.notes(column.name, comparison).map(visible)
        }
    }

    private static func notes(_ name: String, _ comparison: Comparison) -> [String] {
        let missing =
            comparison.uncompared.isEmpty
            ? []
            : [
                "not compared, because something they rest on is missing: \(comparison.uncompared.joined(separator: ", "))"
            ]
        return (comparison.unjudged + missing).map { "\(name): \($0)" }
    }

    /// What each report has of a claim or a cell.
    private static func settled(_ columns: [Column]) -> [[String: [String: String]]] {
        columns.map { column in
            let cells = column.document.cells.map { ($0.id, $0.comparable) }
            let claims = column.document.claims.map { ($0.id, $0.comparable) }
            return Dictionary(cells + claims) { first, _ in first }
        }
    }

    private static func rows(_ comparisons: [Comparison], _ settled: [[String: [String: String]]]) -> [Row] {
        struct Key: Hashable {
            let id: String
            let field: String?
        }
        var order: [Key] = []
        var found: [Key: [Int: Comparison.Difference]] = [:]
        for (index, comparison) in comparisons.enumerated() {
            for difference in comparison.differences {
                let key = Key(id: difference.id, field: difference.field)
                if found[key] == nil { order.append(key) }
                found[key, default: [:]][index + 1] = difference
            }
        }
        let rows = order.map { key in
            let values = settled.indices.map { index -> String? in
                if let field = key.field { return settled[index][key.id]?[field] }
                return index == 0 ? found[key]?.values.first?.expected : found[key]?[index]?.seen
            }
            return Row(id: key.id, field: key.field, values: values)
        }
        let claims = rows.filter { Claim.named($0.id) != nil }
        return Claim.all.flatMap { claim in claims.filter { $0.id == claim.id } }
            + shortened(rows.filter { Claim.named($0.id) == nil })
    }

    /// Cells that differ in the same way, on one row.
    private static func shortened(_ rows: [Row]) -> [Row] {
        let cells = Dictionary(uniqueKeysWithValues: Matrix.cells().map { ($0.id, $0) })
        var order: [Row] = []
        var groups: [Row: [Row]] = [:]
        for row in rows {
            let kind = Row(id: cells[row.id] == nil ? row.id : "", field: row.field, values: row.values)
            if groups[kind] == nil { order.append(kind) }
            groups[kind, default: []].append(row)
        }
        return order.map { kind in
            let group = groups[kind, default: []]
            let names = kind.id.isEmpty ? group.compactMap { cells[$0.id] }.summary : kind.id
            return Row(id: names, field: kind.field, values: kind.values)
        }
    }

    private static func settings(_ columns: [Column]) -> [Row] {
        Set(columns.flatMap(\.document.sysctls.keys)).sorted().compactMap { name in
            let values = columns.map { $0.document.sysctls[name] }
            return Set(values).count == 1 ? nil : Row(id: name, field: nil, values: values)
        }
    }
}
