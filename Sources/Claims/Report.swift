package import Recordings

/// Everything that a run has found: what every format shows.
package struct Report: Sendable {
    /// The kernel's release, as `uname -r` tells it.
    package let kernel: String
    /// The parameters of a fresh host that bear on the claims.
    package let sysctls: [String: String]
    package let cells: [CellResult]
    package let experiments: [ExperimentResult]
    /// In the order of the claims; a claim that nothing in this run bears on has none.
    package let verdicts: [Verdict]
    /// Which cells turned out otherwise than a claim has it.
    package let contradictions: Contradictions
    /// What could not be carried out.
    package let failures: [RunFailure]
    /// What was not as usual in this run, and what was done about it: a sentence each.
    package let remarks: [String]
    /// All experiments that there are, whether they were run or not.
    package let catalogue: [ExperimentDescription]

    package init(
        kernel: String, sysctls: [String: String], cells: [CellResult], experiments: [ExperimentResult],
        failures: [RunFailure] = [], remarks: [String] = [], catalogue: [ExperimentDescription]
    ) {
        self.kernel = kernel
        self.sysctls = sysctls
        self.cells = cells
        self.experiments = experiments
        self.failures = failures
        self.remarks = remarks
        self.catalogue = catalogue
        let recordings =
            cells.map { ($0.cell.id, $0.recording.recording) }
            + experiments.flatMap { experiment in experiment.recordings.map { (experiment.id, $0) } }
        let ofFamilies = familyFindings(experiments)
        let ofCells = matrixFindings(cells)
        contradictions = Contradictions(ofCells)
        let findings =
            ofCells + experiments.flatMap(\.findings).filter { $0.claim != Claim.ofFamilies } + ofFamilies
            + timeWaitPathFindings(recordings)
        let untestable = experiments.flatMap(\.untestable)
        verdicts = Claim.all.compactMap { claim in
            Verdict(
                claim, findings: findings.filter { $0.claim == claim.id },
                untestable: untestable.filter { $0.claim == claim.id },
                failures: failures.map(\.id).filter { id in
                    let experiment = catalogue.first { $0.id == id }
                    return (experiment?.claims ?? Matrix.claims).contains(claim.id)
                })
        }
    }
}
