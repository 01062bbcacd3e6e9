/// What the findings make of a claim.
package struct Verdict: Sendable, Hashable {
    package enum Kind: String, Codable, CaseIterable, Sendable {
        case confirmed, refuted, conditional
        case notTestable = "not-testable"
    }

    package let claim: Claim
    package let kind: Kind
    /// The claim's plain answer; nil where it does not fit what was found.
    package let answer: String?
    /// Why there is no answer: a sentence.
    package let answerIsMissing: String?
    /// When it holds and when it does not, for a conditional one.
    package let condition: String?
    /// What came out otherwise under other circumstances: sentences.
    package let exceptions: [String]
    /// The same one by one: what a conditional verdict depends on, and the exceptions; none where the verdict says it all.
    package let cases: [Case]
    package let because: String
    /// The experiments, or cells, in which it was seen.
    package let evidence: [String]

    /// Circumstances under which a claim holds, or does not.
    package struct Case: Sendable, Hashable {
        package let circumstances: String
        package let holds: Bool
    }

    /// Ordinary circumstances decide: a claim is confirmed when every finding under them speaks for it, refuted when every one
    /// speaks against it, and conditional when both were seen, or when nothing was looked at under them. What came out
    /// otherwise elsewhere is an exception. A claim of purpose or of possibility is confirmed by one ordinary finding, and
    /// conditional where it was seen elsewhere alone.
    ///
    /// - Parameters:
    ///   - untestable: What could not be tried. Where there are no findings, the claim is not testable for that reason.
    ///   - failures: The names of what bears on the claim and could not be carried out.
    /// - Returns: nil where there is neither: what was not looked at gets no verdict.
    package init?(
        _ claim: Claim, findings: [Finding], untestable: [Untestable] = [], failures: [String] = []
    ) {
        guard !findings.isEmpty || !untestable.isEmpty else { return nil }
        let judgement = Judgement(findings, of: claim)
        self.claim = claim
        let fit = claim.answer.fit(findings)
        answer = fit == .fits ? claim.answer.text : nil
        answerIsMissing = Self.reason(fit)
        kind = findings.isEmpty ? .notTestable : judgement.kind
        condition = kind == .conditional ? judgement.condition : nil
        exceptions = kind == .notTestable ? [] : distinct(judgement.exceptions.map(judgement.sentence))
        cases = kind == .notTestable ? [] : judgement.cases
        let order =
            judgement.decisive.filter(\.holds) + judgement.decisive.filter { !$0.holds } + judgement.exceptions
        because = distinct(order.map(\.because) + untestable.map(\.because) + Self.warning(failures))
            .joined(separator: " ")
        evidence = distinct(order.flatMap(\.evidence) + untestable.flatMap(\.evidence))
    }

    private static func reason(_ fit: Answer.Fit) -> String? {
        switch fit {
        case .fits: nil
        case .tooWide: "The answer on file covers more than this run has tested."
        case .contradicted: "The answer on file does not match this run."
        }
    }

    /// That a part of the evidence is missing; nothing where all is there.
    private static func warning(_ failures: [String]) -> [String] {
        guard let first = failures.first else { return [] }
        let rest = failures.count > 1 ? " and \(failures.count - 1) more, which bear" : ", which bears"
        return ["A part is missing: \(first)\(rest) on this too, could not run."]
    }
}

/// The findings of one claim: which of them decide, how, and which are exceptions to it.
struct Judgement {
    let kind: Verdict.Kind
    /// Those that make the verdict.
    let decisive: [Finding]
    /// Those that came out otherwise than it.
    let exceptions: [Finding]

    init(_ findings: [Finding], of claim: Claim) {
        let ordinary = findings.filter(\.circumstances.areOrdinary)
        let others = findings.filter { !$0.circumstances.areOrdinary }
        guard !ordinary.isEmpty else {
            (kind, decisive, exceptions) = (.conditional, others, [])
            return
        }
        switch claim.sense {
        case .possibility where ordinary.contains(where: \.holds):
            (kind, decisive) = (.confirmed, ordinary.filter(\.holds))
            exceptions = findings.filter { !$0.holds }
        case .possibility where others.contains(where: \.holds):
            (kind, decisive, exceptions) = (.conditional, findings, [])
        case .assertion, .possibility:
            let outcomes = Set(ordinary.map(\.holds))
            kind = outcomes == [true] ? .confirmed : outcomes == [false] ? .refuted : .conditional
            decisive = ordinary
            // Where ordinary findings disagree, there is no rule to be an exception to, and each other one is worth telling.
            exceptions = others.filter { outcomes.count > 1 || !outcomes.contains($0.holds) }
        }
    }

    /// What a conditional verdict depends on.
    var condition: String {
        let holds = Self.list(decisive.filter(\.holds))
        let fails = Self.list(decisive.filter { !$0.holds })
        let parts = [holds.map { "holds \($0)" }, fails.map { "does not hold \($0)" }].compactMap(\.self)
        let isOrdinary = decisive.contains { $0.circumstances.areOrdinary }
        return (parts + (isOrdinary ? [] : ["ordinary circumstances were not looked at"])).joined(separator: "; ")
    }

    /// What does not go without saying, each once: first where the claim holds.
    var cases: [Verdict.Case] {
        let decisive = kind == .conditional ? self.decisive.filter(\.holds) + self.decisive.filter { !$0.holds } : []
        let cases = (decisive + exceptions).map {
            Verdict.Case(circumstances: $0.condition ?? "in some runs", holds: $0.holds)
        }
        var seen: Set<Verdict.Case> = []
        return cases.filter { seen.insert($0).inserted }
    }

    /// An exception in words.
    func sentence(_ finding: Finding) -> String {
        let words = finding.condition ?? "in some runs"
        return switch (kind, finding.holds) {
        case (_, true): "It holds \(words)."
        case (.confirmed, false): "Not \(words)."
        case (_, false): "It does not hold \(words)."
        }
    }

    private static func list(_ findings: [Finding]) -> String? {
        guard !findings.isEmpty else { return nil }
        let words = distinct(findings.compactMap(\.condition))
        return words.isEmpty ? "in some runs" : words.joined(separator: ", or ")
    }
}

/// The values, each where it occurs first.
private func distinct(_ values: [String]) -> [String] {
    var seen: Set<String> = []
    return values.filter { seen.insert($0).inserted }
}
