import Recordings
import Text

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
    /// The cells, of the same circumstances, on which a judgement was the same.
    struct Portion {
        let cells: MatrixCells
        /// How many cells were judged.
        let total: Int
        let holds: Bool
        let circumstances: Circumstances

        /// Such as `16 of 16 cells`.
        var count: String { "\(cells.count) of \(counted(total, "cell"))" }

        /// Such as `all 16 cells`, with the circumstances that are not ordinary.
        var share: String {
            let words = circumstances.areOrdinary ? nil : circumstances.words
            return [MatrixCells.share(cells.count, of: total), words].compactMap(\.self).joined(separator: " ")
        }
    }

    /// Such as `3 of 16 cells`, `all 16 cells` or `the only cell`.
    static func share(_ count: Int, of total: Int) -> String {
        guard count == total, total > 0 else { return "\(count) of \(counted(total, "cell"))" }
        return total == 1 ? "the only cell" : "all \(total) cells"
    }

    /// Judges each cell by itself: for each of the circumstances one finding where all agree, two where they do not.
    ///
    /// - Parameters:
    ///   - circumstances: Those of a cell.
    ///   - because: What was seen in the cells of one judgement.
    func judge(
        _ claim: String, under circumstances: (Cell) -> Circumstances = \.circumstances, holds: (CellResult) -> Bool,
        because: (Portion) -> String
    ) -> [Finding] {
        let groups = grouped { circumstances($0.cell) }
        let order = groups.filter(\.key.areOrdinary) + groups.filter { !$0.key.areOrdinary }
        return order.flatMap { key, group in
            [true, false].compactMap { judgement in
                let cells = group.filter { holds($0) == judgement }
                guard !cells.isEmpty else { return nil }
                let portion = Portion(cells: cells, total: group.count, holds: judgement, circumstances: key)
                let parts = [key.words, cells.count < group.count ? "in \(portion.count)" : nil].compactMap(\.self)
                let words = parts.isEmpty ? nil : parts.joined(separator: ", ")
                return Finding(
                    claim, holds: judgement, under: Circumstances(areOrdinary: key.areOrdinary, words: words),
                    because: because(portion), evidence: cells.evidence, cells: cells.results.map(\.cell))
            }
        }
    }
}

extension Cell {
    /// Ordinary for a sentence that names neither SO_REUSEADDR nor timestamps: the option on no socket, and the default setting.
    var circumstances: Circumstances {
        let words = [reuseAddress.words, timestamps ? nil : "without TCP timestamps"].compactMap(\.self)
        return words.isEmpty ? .ordinary : .others(words.joined(separator: " and "))
    }

    /// Ordinary for a sentence about SO_REUSEADDR: the option each time, and the default setting.
    var circumstancesOfReuse: Circumstances {
        switch (reuseAddress, timestamps) {
        case (.both, true): .ordinary
        case (.both, false): circumstances
        // Timestamps do not matter before both sockets have it: bind() comes first.
        default: reuseAddress.words.map(Circumstances.others) ?? circumstances
        }
    }
}

extension Cell.ReuseAddress {
    /// Who sets it; nil where nobody does.
    fileprivate var words: String? {
        switch self {
        case .none: nil
        case .old: "with SO_REUSEADDR on the old socket only"
        case .new: "with SO_REUSEADDR on the new socket only"
        case .both: "with SO_REUSEADDR on both sockets"
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
