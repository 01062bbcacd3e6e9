/// One observation that speaks for or against a claim.
public struct Finding: Sendable, Hashable {
    /// The claim's identifier, such as `A1`.
    public let claim: String
    /// Whether the claim, as it is worded, described what was seen.
    public let holds: Bool
    /// Under which circumstances that was, in words that go on from "holds" and "does not hold", such as
    /// "with TCP timestamps"; nil where nothing was varied that mattered.
    public let condition: String?
    /// What was seen: a sentence.
    public let because: String
    /// The experiments, or cells, in which it was seen.
    public let evidence: [String]

    public init(_ claim: String, holds: Bool, condition: String? = nil, because: String, evidence: [String]) {
        self.claim = claim
        self.holds = holds
        self.condition = condition
        self.because = because
        self.evidence = evidence
    }
}
