import Recordings

/// Cells that have run, chosen for what they say about a claim.
package struct MatrixCells {
    let results: [CellResult]

    init(_ results: [CellResult]) {
        self.results = results
    }

    var count: Int { results.count }
    var isEmpty: Bool { results.isEmpty }

    subscript(_ cell: Cell) -> CellResult? { results.first { $0.cell == cell } }

    func filter(_ isChosen: (CellResult) -> Bool) -> MatrixCells { MatrixCells(results.filter(isChosen)) }

    /// The cells by a circumstance, in the order in which the circumstances first occur.
    func grouped<Key: Hashable>(by key: (CellResult) -> Key) -> [(key: Key, cells: MatrixCells)] {
        var groups: [(key: Key, cells: [CellResult])] = []
        for result in results {
            let key = key(result)
            if let index = groups.firstIndex(where: { $0.key == key }) {
                groups[index].cells.append(result)
            } else {
                groups.append((key, [result]))
            }
        }
        return groups.map { ($0.key, MatrixCells($0.cells)) }
    }

    /// How often each description fits, such as `bind() failed with EADDRINUSE`; with figures only where they differ.
    func tally(_ describe: (CellResult) -> String) -> String {
        let groups = grouped(by: describe)
        guard groups.count > 1 else { return groups.first?.key ?? "" }
        return groups.map { "\($0.key) (\($0.cells.count))" }.joined(separator: ", ")
    }

    /// The names of some cells, the plainest first.
    var evidence: [String] {
        let order = results.enumerated().sorted {
            ($0.element.cell.departures, $0.offset) < ($1.element.cell.departures, $1.offset)
        }
        return order.prefix(6).map(\.element.cell.id)
    }
}

extension MatrixCells {
    /// The cells on which a judgement was the same.
    struct Portion {
        let cells: MatrixCells
        /// How many cells were judged.
        let total: Int
        let holds: Bool

        /// Such as `16 of 16 cells`.
        var share: String { "\(cells.count) of \(total) \(total == 1 ? "cell" : "cells")" }
    }

    /// Judges each cell by itself: one finding where all agree, two where they do not.
    ///
    /// - Parameters:
    ///   - condition: What these cells have in common, as in `Finding.condition`.
    ///   - because: What was seen in the cells of one judgement.
    func judge(
        _ claim: String, _ condition: String? = nil, holds: (CellResult) -> Bool, because: (Portion) -> String
    ) -> [Finding] {
        [true, false].compactMap { judgement in
            let cells = filter { holds($0) == judgement }
            guard !cells.isEmpty else { return nil }
            let portion = Portion(cells: cells, total: count, holds: judgement)
            let parts = [condition, cells.count < count ? "in \(portion.share)" : nil].compactMap(\.self)
            return Finding(
                claim, holds: judgement, condition: parts.isEmpty ? nil : parts.joined(separator: ", "),
                because: because(portion), evidence: cells.evidence, cells: cells.results.map(\.cell))
        }
    }
}

extension Cell {
    /// In how many ways it departs from the article's programs.
    fileprivate var departures: Int {
        let plain = Cell()
        return [
            family != plain.family, bind != plain.bind, reuseAddress != plain.reuseAddress, close != plain.close,
            serverClose != plain.serverClose, padding != plain.padding, timestamps != plain.timestamps,
        ].count(where: { $0 })
    }
}
