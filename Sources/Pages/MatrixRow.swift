import Claims
import Recordings
import Reports

/// Rows of the matrix that say the same, as one.
struct MatrixRow {
    /// Ways to close that it stands for.
    struct Way {
        var closes: [String]
        let serverCloses: [String]
        /// What these contradict alone.
        let contradicts: [String]
    }

    let firstToClose, ending, timeWait: String
    private(set) var ways: [Way]
    let entries: [[MatrixTable.Answer]]
    private(set) var count: Int

    private init(_ row: MatrixTable.Row) {
        (firstToClose, ending, timeWait) = (row.firstToClose, row.ending, row.timeWait)
        (entries, count) = (row.entries, row.count)
        ways = [Way(closes: row.closes, serverCloses: row.serverCloses, contradicts: row.contradicts)]
    }

    static func all(_ results: [CellResult], _ contradictions: Contradictions? = nil) -> [MatrixRow] {
        MatrixTable(results, contradictions).rows.map(MatrixRow.init).reduce(into: []) { rows, row in
            if let index = rows.firstIndex(where: { $0.saysTheSame(as: row) }) {
                rows[index].add(row)
            } else {
                rows.append(row)
            }
        }
    }

    private func saysTheSame(as other: MatrixRow) -> Bool {
        (firstToClose, ending, timeWait) == (other.firstToClose, other.ending, other.timeWait)
            && entries == other.entries
    }

    private mutating func add(_ other: MatrixRow) {
        count += other.count
        for way in other.ways {
            if let index = ways.firstIndex(where: {
                $0.serverCloses == way.serverCloses && $0.contradicts == way.contradicts
            }) {
                ways[index].closes += way.closes
            } else {
                ways.append(way)
            }
        }
    }

    /// What all of it contradicts.
    var contradicts: [String] { ways.count == 1 ? ways[0].contradicts : [] }
}
