import Recordings

/// One observation that speaks for or against a claim.
package struct Finding: Sendable, Hashable {
    /// The claim's identifier, such as `A1`.
    package let claim: String
    /// Whether the claim, the whole sentence, described what was seen: one counterexample to an "any", an "only" or a
    /// "nothing" is against it.
    package let holds: Bool
    /// Under which circumstances that was.
    package let circumstances: Circumstances
    /// What was seen: a sentence.
    package let because: String
    /// The experiments, or cells, in which it was seen.
    package let evidence: [String]
    /// The cells of the matrix that it speaks of, all of them; none for an experiment's.
    let cells: [Cell]

    /// The circumstances in words, such as "with TCP timestamps"; nil where nothing was varied that mattered.
    package var condition: String? { circumstances.words }

    package init(
        _ claim: String, holds: Bool, under circumstances: Circumstances = .ordinary, because: String,
        evidence: [String]
    ) {
        self.init(claim, holds: holds, under: circumstances, because: because, evidence: evidence, cells: [])
    }

    init(
        _ claim: String, holds: Bool, under circumstances: Circumstances, because: String, evidence: [String],
        cells: [Cell]
    ) {
        self.claim = claim
        self.holds = holds
        self.circumstances = circumstances
        self.because = because
        self.evidence = evidence
        self.cells = cells
    }
}
