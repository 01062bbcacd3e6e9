import Claims

/// The claims and their verdicts.
struct Ledger {
    private let report: Report
    private let anchors: Anchors

    init(_ report: Report, _ anchors: Anchors) {
        self.report = report
        self.anchors = anchors
    }

    var context: [String: Any] {
        var sources: [String] = []
        for verdict in report.verdicts where !sources.contains(verdict.claim.source) {
            sources.append(verdict.claim.source)
        }
        let groups = sources.map { source -> [String: Any] in
            let verdicts = report.verdicts.filter { $0.claim.source == source }
            let letter = verdicts.first?.claim.id.prefix(1) ?? ""
            return ["source": "\(letter): \(source)", "claims": verdicts.map(entry)]
        }
        return ["tally": Verdict.Kind.allCases.map(tally), "sources": groups]
    }

    private func tally(_ kind: Verdict.Kind) -> [String: Any] {
        let (sign, style) = Sign.of(kind)
        let count = report.verdicts.count { $0.kind == kind }
        return ["sign": sign, "class": style, "count": count, "word": kind.words]
    }

    private func entry(_ verdict: Verdict) -> [String: Any] {
        let (sign, style) = Sign.of(verdict.kind)
        let (first, rest) = verdict.because.firstSentence
        var entry: [String: Any] = [
            "id": verdict.claim.id, "anchor": Anchors.claim(verdict.claim.id), "text": verdict.claim.text,
            "verdict": verdict.kind.words, "sign": sign, "class": style, "because": first,
            "evidence": anchors.links(verdict.evidence),
        ]
        if let condition = verdict.condition { entry["condition"] = "It \(condition)." }
        if !rest.isEmpty { entry["more"] = rest }
        return entry
    }
}

extension Verdict.Kind {
    fileprivate var words: String { self == .notTestable ? "not testable" : rawValue }
}

extension String {
    /// What stands before the first full stop that a capital follows, and the rest.
    var firstSentence: (first: String, rest: String) {
        guard let end = firstRange(of: /[.!?] (?=[A-Z(0-9])/) else { return (self, "") }
        return (String(self[..<index(after: end.lowerBound)]), String(self[end.upperBound...]))
    }
}
