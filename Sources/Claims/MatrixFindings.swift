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

extension MatrixCells {
    /// Judges the second runs that ask for a port in TIME-WAIT.
    func judgeSecondRuns(
        _ claim: String, under circumstances: (Cell) -> Circumstances = \.circumstances, holds: (CellResult) -> Bool
    ) -> [Finding] {
        filter(\.wantsPortInTimeWait).judge(claim, under: circumstances, holds: holds) { portion in
            sentences(
                "In \(portion.share), with the port in TIME-WAIT, \(portion.cells.tally(\.secondRun)).",
                portion.cells.explanation)
        }
    }

    /// Judges the orderly endings: whether the first to close is the one that holds TIME-WAIT. A sentence about that speaks of
    /// FINs, of which one is the first.
    func judgeFirstToClose(
        _ claim: String, source: String,
        holds: (CellResult) -> Bool = { $0.outcome.timeWait == $0.outcome.firstToClose }
    ) -> [Finding] {
        let inTurn = filter { $0.outcome.ending == .fin && $0.outcome.firstToClose != .both }
        let crossed = filter { $0.outcome.ending == .fin && $0.outcome.firstToClose == .both }
        let reset = filter { $0.outcome.ending == .rst }
        return inTurn.judge(claim, holds: holds) { portion in
            "In \(portion.share) that ended by FIN, \(portion.cells.tally(\.closerAndHolder)) (\(source))."
        }
            + crossed.judge(claim, under: { _ in .others("where the two FINs cross") }) { _ in
                false
            } because: { portion in
                "In \(portion.share), \(portion.cells.tally(\.closerAndHolder)) (RFC 9293 section 3.6, case 3)."
            }
            + reset.judge(claim, under: { _ in .others("where the connection ends by RST") }) {
                $0.outcome.timeWait == $0.outcome.firstToClose && $0.outcome.timeWait != .none
            } because: { portion in
                """
                In \(portion.share), \(portion.cells.tally(\.closerAndHolder)): a RST goes straight to CLOSED (RFC 9293 section \
                3.5.2 would have its sender keep TIME-WAIT; Linux does not).
                """
            }
    }
}
