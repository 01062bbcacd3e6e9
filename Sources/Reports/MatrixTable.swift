package import Claims
package import Recordings
package import TCPSockets

/// The matrix as a table of few rows: rows that say the same are one row, and whatever differs within an entry is told
/// apart in it. Nothing is left out, and nothing that was not seen is in it.
package struct MatrixTable {
    package struct Row {
        /// The ways to close, and when the server closes, that this row speaks of.
        package let closes: [String]
        package let serverCloses: [String]
        package let firstToClose: String
        package let ending: String
        package let timeWait: String
        /// What is contradicted by all cells of this row.
        package let contradicts: [String]
        /// For each column, what the second run met; empty where no cell of the column is in this row.
        package let entries: [[Answer]]
        /// How many cells it stands for.
        package let count: Int
    }

    /// What the second run met, and where within the entry.
    package struct Answer: Hashable {
        /// What tells its cells from the others of the entry, such as `ts on`; empty where there are no others.
        package let circumstances: String
        /// Such as `ok` or `bind EADDRINUSE`.
        package let text: String
        /// The claims that it contradicts, besides those that the whole row does.
        package let contradicts: [String]

        /// The entry's text, without the claims.
        var lines: [String] { (circumstances.isEmpty ? [] : ["\(circumstances):"]) + [text] }
    }

    /// How claims that something contradicts are shown, such as `≠ A2 A11`: no line where there are none.
    static func mark(_ claims: [String]) -> [String] {
        claims.isEmpty ? [] : ["≠ \(claims.joined(separator: " "))"]
    }

    /// How the port is chosen.
    struct Column: Hashable {
        let bind: Cell.Bind
        let reuseAddress: Cell.ReuseAddress

        static let all =
            [Column(bind: .implicit, reuseAddress: .none)]
            + [Cell.ReuseAddress.none, .old, .new, .both].map { Column(bind: .explicit, reuseAddress: $0) }
    }

    package let rows: [Row]

    /// - Parameter known: The contradictions that are shown; nil for all, which then have to be looked for.
    package init(_ results: [CellResult], _ known: Contradictions? = nil) {
        let contradictions = known ?? Contradictions(matrixFindings(results))
        let single = Line.all.flatMap { line in
            Self.rows(line, results.filter { Line($0.cell) == line }, contradictions)
        }
        // First the server's two ways, then the client's ten.
        let byServer = Self.merge(single, same: { $0.closes == $1.closes }) { one, other in
            one.with(serverCloses: one.serverCloses + other.serverCloses, and: other)
        }
        rows = Self.merge(byServer, same: { $0.serverCloses == $1.serverCloses }) { one, other in
            one.with(closes: one.closes + other.closes, and: other)
        }
    }

    /// What a row speaks of before rows are merged.
    private struct Line: Hashable {
        let close: CloseStrategy
        let hasPadding: Bool
        let serverClose: Cell.ServerClose

        init(_ cell: Cell) {
            (close, hasPadding, serverClose) = (cell.close, cell.padding > 0, cell.serverClose)
        }

        init(_ close: CloseStrategy, _ hasPadding: Bool, _ serverClose: Cell.ServerClose) {
            (self.close, self.hasPadding, self.serverClose) = (close, hasPadding, serverClose)
        }

        static let all = CloseStrategy.allCases.flatMap { close in
            [false, true].flatMap { hasPadding in
                Cell.ServerClose.allCases.map { Line(close, hasPadding, $0) }
            }
        }

        var name: String { close.rawValue + (hasPadding ? "+pad" : "") }
    }

    /// One row for each way in which the first conversation ended: as a rule one.
    private static func rows(_ line: Line, _ results: [CellResult], _ contradictions: Contradictions) -> [Row] {
        var ends: [[String]] = []
        for end in results.map(\.outcome.end) where !ends.contains(end) { ends.append(end) }
        return ends.map { end in
            let entries = Column.all.map { column in
                let cells = results.filter { $0.cell.column == column }
                return entry(cells.filter { $0.outcome.end == end }, of: cells.map(\.cell), contradictions)
            }
            let common = commonClaims(entries)
            return Row(
                closes: [line.name], serverCloses: [line.serverClose.rawValue], firstToClose: end[0], ending: end[1],
                timeWait: end[2], contradicts: Claim.all.map(\.id).filter(common.contains),
                entries: entries.map { $0.map { $0.without(common) } },
                count: results.count { $0.outcome.end == end })
        }
    }

    /// The claims that every answer contradicts, where there are answers in more than one column.
    private static func commonClaims(_ entries: [[Answer]]) -> Set<String> {
        guard entries.count(where: { !$0.isEmpty }) > 1 else { return [] }
        let contradicted = entries.joined().map { Set($0.contradicts) }
        return contradicted.dropFirst().reduce(contradicted[0]) { $0.intersection($1) }
    }

    /// What the second run met in some cells that differ in family and timestamps only.
    ///
    /// - Parameter all: The cells of the column, of which the others are in another row.
    private static func entry(
        _ results: [CellResult], of all: [Cell], _ contradictions: Contradictions
    ) -> [Answer] {
        var answers: [String] = []
        for answer in results.map(\.outcome.reconnect.text) where !answers.contains(answer) { answers.append(answer) }
        return answers.map { answer in
            let cells = results.filter { $0.outcome.reconnect.text == answer }.map(\.cell)
            return Answer(
                circumstances: Circumstances.name(of: cells, among: all), text: answer,
                contradicts: contradictions[cells])
        }
    }

    private static func merge(_ rows: [Row], same: (Row, Row) -> Bool, _ join: (Row, Row) -> Row) -> [Row] {
        rows.reduce(into: []) { merged, row in
            if let index = merged.firstIndex(where: { $0.saysTheSame(as: row) && same($0, row) }) {
                merged[index] = join(merged[index], row)
            } else {
                merged.append(row)
            }
        }
    }
}

extension MatrixTable.Row {
    fileprivate func saysTheSame(as other: Self) -> Bool {
        firstToClose == other.firstToClose && ending == other.ending && timeWait == other.timeWait
            && contradicts == other.contradicts && entries == other.entries
    }

    fileprivate func with(closes: [String]? = nil, serverCloses: [String]? = nil, and other: Self) -> Self {
        Self(
            closes: closes ?? self.closes, serverCloses: serverCloses ?? self.serverCloses,
            firstToClose: firstToClose, ending: ending, timeWait: timeWait, contradicts: contradicts, entries: entries,
            count: count + other.count)
    }
}

extension MatrixTable.Answer {
    fileprivate func without(_ claims: Set<String>) -> Self {
        Self(circumstances: circumstances, text: text, contradicts: contradicts.filter { !claims.contains($0) })
    }
}

extension Cell {
    var column: MatrixTable.Column { MatrixTable.Column(bind: bind, reuseAddress: reuseAddress) }
}

extension Outcome {
    /// What a row tells of the first conversation's end.
    fileprivate var end: [String] { [firstToClose.rawValue, ending.rawValue.uppercased(), timeWait.rawValue] }
}

extension Outcome.Reconnect {
    /// Which call failed with which errno, or `ok`.
    package var text: String {
        switch (bind, connect) {
        case (_, .ok?): "ok"
        case (_, let connect?): "connect \(connect)"
        case (let bind, nil): "bind \(bind)"
        }
    }
}

/// What cells of one entry can differ in: the family of addresses, and TCP timestamps.
enum Circumstances {
    /// The fewest words that tell some cells from all; none where they are all.
    static func name(of some: [Cell], among all: [Cell]) -> String {
        let (some, others) = (Set(some), Set(all).subtracting(some))
        if others.isEmpty { return "" }
        if let name = simpleName(of: some, not: others) { return name }
        if let name = simpleName(of: others, not: some) { return "not \(name)" }
        return some.map(\.circumstances).sorted().joined(separator: ", ")
    }

    private static func simpleName(of some: Set<Cell>, not others: Set<Cell>) -> String? {
        if some.count == 1, let cell = some.first {
            // One knob says it where no other cell has it in that position.
            if !others.contains(where: { $0.timestamps == cell.timestamps }) { return cell.timestampsName }
            if !others.contains(where: { $0.family == cell.family }) { return cell.family.name }
            return cell.circumstances
        }
        for names in [Set(some.map(\.timestampsName)), Set(some.map(\.family.name))] where names.count == 1 {
            let name = names.first
            if !others.contains(where: { $0.timestampsName == name || $0.family.name == name }) { return name }
        }
        return nil
    }
}

extension Cell {
    fileprivate var timestampsName: String { timestamps ? "ts on" : "ts off" }
    fileprivate var circumstances: String { "\(family.name) \(timestampsName)" }
}

extension IPAddress.Family {
    package var name: String { self == .v4 ? "IPv4" : "IPv6" }
}
