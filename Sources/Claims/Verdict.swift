/// What the findings make of a claim.
package struct Verdict: Sendable, Hashable {
    package enum Kind: String, Codable, CaseIterable, Sendable {
        case confirmed, refuted, conditional
        case notTestable = "not-testable"
    }

    package let claim: Claim
    package let kind: Kind
    /// When it holds and when it does not, for a conditional one.
    package let condition: String?
    package let because: String
    /// The experiments, or cells, in which it was seen.
    package let evidence: [String]

    /// A claim is confirmed when every finding speaks for it, refuted when every one speaks against it, and conditional
    /// when both were seen.
    ///
    /// - Returns: nil where there are no findings: what was not looked at gets no verdict.
    package init?(_ claim: Claim, findings: [Finding]) {
        let (for_, against) = (findings.filter(\.holds), findings.filter { !$0.holds })
        guard !findings.isEmpty else { return nil }
        self.claim = claim
        kind = against.isEmpty ? .confirmed : for_.isEmpty ? .refuted : .conditional
        let holds = Self.list(for_.compactMap(\.condition))
        let fails = Self.list(against.compactMap(\.condition))
        condition = kind == .conditional ? "holds \(holds); does not hold \(fails)" : nil
        because = Self.distinct((for_ + against).map(\.because)).joined(separator: " ")
        evidence = Self.distinct(findings.flatMap(\.evidence))
    }

    private static func list(_ words: [String]) -> String {
        let words = distinct(words)
        return words.isEmpty ? "in some runs" : words.joined(separator: ", or ")
    }

    private static func distinct(_ values: [String]) -> [String] {
        var seen: Set<String> = []
        return values.filter { seen.insert($0).inserted }
    }
}
