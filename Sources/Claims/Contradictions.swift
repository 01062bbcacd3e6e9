package import Recordings

/// Which cells of the matrix turned out otherwise than a claim has it: what surprises who believed the claim.
package struct Contradictions: Sendable {
    private let claims: [Cell: Set<String>]

    /// - Parameter findings: Of the matrix; those that speak for their claim do not count.
    package init(_ findings: [Finding]) {
        claims = findings.filter { !$0.holds }.reduce(into: [:]) { claims, finding in
            for cell in finding.cells { claims[cell, default: []].insert(finding.claim) }
        }
    }

    /// The claims that at least one of these cells contradicts, in the order of the claims.
    package subscript(cells: [Cell]) -> [String] {
        let found = cells.reduce(into: Set<String>()) { $0.formUnion(claims[$1] ?? []) }
        return Claim.all.map(\.id).filter(found.contains)
    }
}
