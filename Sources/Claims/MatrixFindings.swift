package import Recordings
import Text

/// What the cells of the matrix say about the claims.
///
/// Each judge picks the cells that bear on its claim, and judges what was recorded in them. Where there are no such
/// cells it says nothing: a run may be a part of the matrix.
package func matrixFindings(_ results: [CellResult]) -> [Finding] {
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
        case .notByBoth: "with SO_REUSEADDR on at most one of the two sockets"
        case .byBothWithTimestamps: "with SO_REUSEADDR on both sockets and with TCP timestamps"
        case .byBothWithoutTimestamps: "with SO_REUSEADDR on both sockets and without TCP timestamps"
        }
    }
}

extension MatrixCells {
    /// Judges the second runs that ask for a port in TIME-WAIT, for each way of sharing it.
    func judgeSharing(_ claim: String, holds: (CellResult) -> Bool) -> [Finding] {
        filter(\.wantsPortInTimeWait).grouped { Sharing($0.cell) }.flatMap { sharing, cells in
            cells.judge(claim, sharing.words, holds: holds) { portion in
                sentences(
                    """
                    In \(portion.share) \(sharing.words) and the port in TIME-WAIT, \(portion.cells.tally(\.secondRun)).
                    """, portion.cells.explanation)
            }
        }
    }
}
