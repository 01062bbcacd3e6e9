import Claims

/// The claims and their verdicts.
struct Ledger {
    private let report: Report
    private let anchors: Anchors

    init(_ report: Report, _ anchors: Anchors) {
        self.report = report
        self.anchors = anchors
    }

    var markup: Markup {
        var sources: [String] = []
        for verdict in report.verdicts where !sources.contains(verdict.claim.source) {
            sources.append(verdict.claim.source)
        }
        return """
            <section id="claims" aria-labelledby="claims-title">
            <h2 id="claims-title">The claims</h2>
            <ul class="tally">\(Verdict.Kind.allCases.markup(tally))</ul>
            <table class="ledger cards">
            <caption>What five write-ups claim, and what this run saw. Verdicts are computed from the recordings.</caption>
            <thead><tr><th scope="col">Claim</th><th scope="col">Answer and claim</th>\
            <th scope="col">Verdict</th><th scope="col">Reason</th></tr></thead>
            \(sources.markup(group))
            </table>
            </section>
            """
    }

    /// Links to the sources of claims, for the page's index.
    static func index(_ report: Report) -> Markup {
        var letters: [Substring] = []
        for letter in report.verdicts.map({ $0.claim.id.prefix(1) }) where !letters.contains(letter) {
            letters.append(letter)
        }
        return letters.markup { " <a href=\"#claims-\($0)\" aria-label=\"Claims \($0)\">\($0)</a>" }
    }

    private func group(_ source: String) -> Markup {
        let verdicts = report.verdicts.filter { $0.claim.source == source }
        let letter = verdicts.first?.claim.id.prefix(1) ?? ""
        return """
            <tbody id="claims-\(letter)"><tr class="group"><th scope="rowgroup" colspan="4">\(letter): \(source)</th></tr>
            \(verdicts.markup(entry))</tbody>
            """
    }

    private func tally(_ kind: Verdict.Kind) -> Markup {
        let (sign, style) = Sign.of(kind)
        let count = report.verdicts.count { $0.kind == kind }
        return "<li><span class=\"tag \(style)\">\(sign) \(count) \(kind.words)</span></li>"
    }

    private func entry(_ verdict: Verdict) -> Markup {
        let (sign, style) = Sign.of(verdict.kind)
        let (first, rest) = verdict.because.firstSentence
        let answer: Markup = verdict.answer.map { "<strong>\($0)</strong>" } ?? "\(verdict.answerIsMissing ?? "")"
        let more: Markup =
            rest.isEmpty ? "" : " <details class=\"more reasons\"><summary>more</summary>\(rest)</details>"
        return """
            <tr id="\(Anchors.claim(verdict.claim.id))"><th scope="row" class="id">\(verdict.claim.id)</th>\
            <td><div class="said">\(answer)</div>“\(verdict.claim.text)”</td>\
            <td><span class="tag \(style)">\(sign) \(verdict.kind.words)</span>\(Self.cases(verdict))</td>\
            <td>\(first)\(more)<div class="seen">Seen in \(anchors.links(verdict.evidence))</div></td></tr>

            """
    }
}

extension Ledger {
    /// When the claim holds and when it does not; nil where the verdict says it all.
    static func cases(_ verdict: Verdict) -> Markup? {
        guard !verdict.cases.isEmpty else { return nil }
        let rows = verdict.cases.markup { one in
            let (sign, style) = Sign.of(one.holds)
            return """
                <tr><td>\(one.circumstances)</td>\
                <td><span class="tag \(style)">\(sign) \(one.holds ? "holds" : "does not")</span></td></tr>
                """
        }
        let caption = verdict.kind == .conditional ? "It depends" : "Exceptions"
        return "<table class=\"cases\"><caption>\(caption)</caption><tbody>\(rows)</tbody></table>"
    }
}

extension Verdict.Kind {
    var words: String { self == .notTestable ? "not testable" : rawValue }
}

extension String {
    /// What stands before the first full stop that a capital follows, and the rest.
    var firstSentence: (first: String, rest: String) {
        guard let end = firstRange(of: /[.!?] (?=[A-Z(0-9])/) else { return (self, "") }
        return (String(self[..<index(after: end.lowerBound)]), String(self[end.upperBound...]))
    }
}
