package import Claims
import Recordings
import Text

/// What a run has left out, and what that means for its verdicts.
package struct Coverage {
    private let report: Report

    package init(_ report: Report) {
        self.report = report
    }

    /// A sentence each.
    package var notes: [String] { [part, waiting, untouched].compactMap(\.self) + report.remarks }

    /// What a run has left out of that which bears on a claim.
    package func notes(on claim: String) -> [String] {
        let cells = Matrix.claims.contains(claim) ? Matrix.cells().filter { Matrix.bears($0, on: claim) } : []
        let experiments = report.catalogue.filter { $0.claims.contains(claim) }.map(\.id)
        let seenCells = Set(report.cells.map(\.cell.id)).intersection(cells.map(\.id)).count
        let seenExperiments = Set(report.experiments.map(\.id)).intersection(experiments).count
        let isPart = seenCells < cells.count || seenExperiments < experiments.count
        let done = [
            cells.isEmpty ? nil : "\(seenCells) of \(counted(cells.count, "cell"))",
            experiments.isEmpty ? nil : "\(seenExperiments) of \(counted(experiments.count, "experiment"))",
        ].compactMap(\.self).joined(separator: ", ")
        let part = isPart ? "Only a part of what tests \(claim) has run: \(done)." : nil
        let isOpen = Matrix.slowClaims.contains(claim) && !report.verdicts.contains { $0.claim.id == claim }
        let waiting = isOpen ? "It needs --full, which waits until each TIME-WAIT is over." : nil
        return [part, waiting].compactMap(\.self) + report.remarks
    }

    private var part: String? {
        let (cells, experiments) = (Matrix.cells().count, report.catalogue.count)
        guard report.cells.count < cells || report.experiments.count < experiments else { return nil }
        return
            "These are \(report.cells.count) of \(cells) cells and \(report.experiments.count) of \(experiments) experiments: "
            + "the verdicts rest on these alone, and the others may change them."
    }

    /// The claims that a run of everything has not looked at.
    private var untouched: String? {
        let bearing = report.catalogue.flatMap(\.claims) + Matrix.claims
        let open = Claim.all.map(\.id).filter { !bearing.contains($0) }
        guard part == nil, !open.isEmpty else { return nil }
        return "Not tested by this run: \(open.joined(separator: ", "))."
    }

    private var waiting: String? {
        let isHeld = report.cells.contains { $0.outcome.timeWait == .client || $0.outcome.timeWait == .both }
        let open = Matrix.slowClaims.subtracting(report.verdicts.map(\.claim.id)).sorted()
        guard isHeld, !open.isEmpty else { return nil }
        return
            "\(open.joined(separator: ", ")) is left open: it needs --full, which waits until each TIME-WAIT is over."
    }
}
