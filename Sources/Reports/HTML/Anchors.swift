import Claims

/// Where on the page a thing is.
struct Anchors {
    private let cells: DistinctCells
    private let experiments: Set<String>
    private let claims: Set<String>

    init(_ report: Report, _ cells: DistinctCells) {
        self.cells = cells
        experiments = Set(report.experiments.map(\.id))
        claims = Set(report.verdicts.map(\.claim.id))
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

    /// Links for a template, of which some are shown and the rest folded.
    func links(_ ids: [String], shown limit: Int = 5) -> [String: Any] {
        let links = ids.map { id -> [String: Any] in
            let target = evidence(id)
            return ["id": id, "target": target ?? "", "isLink": target != nil]
        }
        let rest = links.count > limit + 1 ? Array(links.dropFirst(limit)) : []
        let first = rest.isEmpty ? links : Array(links.prefix(limit))
        return ["first": first, "rest": rest, "more": rest.count, "hasRest": !rest.isEmpty]
    }

    /// The entries of claims in the ledger.
    func claimLinks(_ ids: [String]) -> [[String: Any]] {
        ids.map { ["id": $0, "target": Self.claim($0), "isLink": claims.contains($0)] }
    }
}
