/// A claim that could not be tried, because this kernel does not have what it is about.
package struct Untestable: Sendable, Hashable {
    /// The claim's identifier.
    package let claim: String
    /// What was probed, and what the kernel said: a sentence.
    package let because: String
    /// The experiment that has probed it.
    package let evidence: [String]

    package init(_ claim: String, because: String, evidence: [String]) {
        (self.claim, self.because, self.evidence) = (claim, because, evidence)
    }
}
