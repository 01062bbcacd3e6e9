import Recordings

/// One observation that speaks for or against a claim.
package struct Finding: Sendable, Hashable {
    /// The claim's identifier, such as `A1`.
    package let claim: String
    /// Whether the claim, as it is worded, described what was seen.
    package let holds: Bool
    /// Under which circumstances that was, in words that go on from "holds" and "does not hold", such as
    /// "with TCP timestamps"; nil where nothing was varied that mattered.
    package let condition: String?
    /// What was seen: a sentence.
    package let because: String
    /// The experiments, or cells, in which it was seen.
    package let evidence: [String]
    /// The cells of the matrix that it speaks of, all of them; none for an experiment's.
    let cells: [Cell]

    package init(_ claim: String, holds: Bool, condition: String? = nil, because: String, evidence: [String]) {
        self.init(claim, holds: holds, condition: condition, because: because, evidence: evidence, cells: [])
    }

    init(
        _ claim: String, holds: Bool, condition: String?, because: String, evidence: [String], cells: [Cell]
    ) {
        self.claim = claim
        self.holds = holds
        self.condition = condition
        self.because = because
        self.evidence = evidence
        self.cells = cells
    }
}
