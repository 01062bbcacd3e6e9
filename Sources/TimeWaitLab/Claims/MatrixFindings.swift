/// What the cells of the matrix say about the claims.
///
/// Each judge picks the cells that bear on its claim, and judges what was recorded in them. Where there are no such
/// cells it says nothing: a run may be a part of the matrix.
func matrixFindings(_ results: [CellResult]) -> [Finding] {
    let cells = MatrixCells(results)
    let findings =
        cells.articleFindings + cells.followUpFindings + cells.linuxNoteFindings + cells.unreadDataFindings
        + cells.skippingFindings + cells.laterFindings
    let order = Dictionary(uniqueKeysWithValues: Claim.all.enumerated().map { ($1.id, $0) })
    return findings.enumerated().sorted {
        (order[$0.element.claim] ?? .max, $0.offset) < (order[$1.element.claim] ?? .max, $1.offset)
    }.map(\.element)
}

/// What bind() and connect() make of a port in TIME-WAIT depends on these and on nothing else that is varied.
enum Sharing: Hashable {
    case notByBoth, byBothWithTimestamps, byBothWithoutTimestamps

    init(_ cell: Cell) {
        self =
            cell.reuseAddress != .both
            ? .notByBoth : cell.timestamps ? .byBothWithTimestamps : .byBothWithoutTimestamps
    }

    var words: String {
        switch self {
        case .notByBoth: "unless both the old and the new socket set SO_REUSEADDR"
        case .byBothWithTimestamps: "when both sockets set SO_REUSEADDR and TCP timestamps are on"
        case .byBothWithoutTimestamps: "when both sockets set SO_REUSEADDR and TCP timestamps are off"
        }
    }
}

extension MatrixCells {
    /// Judges the second runs that ask for a port in TIME-WAIT, for each way of sharing it.
    func judgeSharing(_ claim: String, holds: (CellResult) -> Bool) -> [Finding] {
        filter(\.wantsPortInTimeWait).grouped { Sharing($0.cell) }.flatMap { sharing, cells in
            cells.judge(claim, sharing.words, holds: holds) { portion in
                let what = portion.cells.tally(\.secondRun)
                return sentences("\(portion.opening), \(sharing.words): \(what).", portion.cells.explanation)
            }
        }
    }
}

extension MatrixCells.Portion {
    /// The beginning of a sentence: `In 16 of 16 cells`.
    var opening: String { "In \(share)" }
}

/// Joins what is not empty.
func sentences(_ parts: String?...) -> String {
    parts.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
}
