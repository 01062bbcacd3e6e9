import Claims

/// Where on the page a thing is.
struct Anchors: Sendable {
    private let cells: DistinctCells
    private let experiments: Set<String>
    private let verdicts: [String: Verdict]

    init(_ report: Report, _ cells: DistinctCells) {
        self.cells = cells
        experiments = Set(report.experiments.map(\.id))
        verdicts = Dictionary(report.verdicts.map { ($0.claim.id, $0) }) { first, _ in first }
    }

    static func claim(_ id: String) -> String { "claim-\(id.asAnchor)" }
    static func cell(_ id: String) -> String { "cell-\(id.asAnchor)" }
    static func experiment(_ id: String) -> String { "experiment-\(id.asAnchor)" }
    static func recording(_ name: String, of id: String) -> String { "\(experiment(id))--\(name.asAnchor)" }

    /// The section that shows a cell or an experiment; nil for what this page does not show.
    func evidence(_ id: String) -> String? {
        if experiments.contains(id) { return Self.experiment(id) }
        return cells.representative(of: id).map(Self.cell)
    }

    /// Links to evidence, of which some are shown and the rest folded.
    func links(_ ids: [String], shown limit: Int = 5) -> Markup {
        let count = ids.count > limit + 1 ? limit : ids.count
        let (first, rest) = (ids.prefix(count), ids.dropFirst(count))
        var links = list(first)
        if !rest.isEmpty {
            links += """
                 <details class="more"><summary>and \(rest.count) more</summary>\(list(rest))</details>
                """
        }
        return links
    }

    private func list(_ ids: some Sequence<String>) -> Markup {
        "<ul class=\"links\">\(ids.markup { "<li>\(Self.link($0, to: evidence($0)))</li>" })</ul>"
    }

    /// Links to the entries of claims in the ledger.
    func claimLinks(_ ids: [String]) -> Markup {
        "<ul class=\"links\">\(ids.markup { "<li>\(claimLink($0))</li>" })</ul>"
    }

    /// A link that says what is claimed, and what became of it, before one follows it.
    func claimLink(_ id: String) -> Markup {
        guard let verdict = verdicts[id] else { return "\(id)" }
        let text = "\(verdict.kind.words): “\(verdict.claim.text)”" + (verdict.answer.map { " \($0)" } ?? "")
        return "<a href=\"#\(Self.claim(id))\" title=\"\(text)\">\(id)</a>"
    }

    /// A link, or the bare text where this page does not show what it names.
    static func link(_ text: String, to target: String?) -> Markup {
        target.map { "<a href=\"#\($0)\">\(text)</a>" } ?? "\(text)"
    }
}

extension String {
    /// As part of an identifier, and of a link to it.
    fileprivate var asAnchor: String {
        String(
            map { character in
                character.isASCII && (character.isLetter || character.isNumber || character == "-") ? character : "-"
            })
    }
}
