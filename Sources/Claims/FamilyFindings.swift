import Recordings

extension Claim {
    /// F13, on which every experiment bears that is carried out over IPv4 and over IPv6, and so does the matrix.
    package static let ofFamilies = "F13"
}

/// F13: what all experiments together say of it, in place of a sentence for each of them.
func familyFindings(_ experiments: [ExperimentResult]) -> [Finding] {
    let findings = experiments.flatMap(\.findings).filter { $0.claim == Claim.ofFamilies }
    return [true, false].compactMap { holds in
        let some = findings.filter { $0.holds == holds }
        guard !some.isEmpty else { return nil }
        let share = "\(some.count) of \(findings.count) experiments"
        let names = holds ? "" : ": \(some.flatMap(\.evidence).joined(separator: ", "))"
        return Finding(
            Claim.ofFamilies, holds: holds,
            under: some.count < findings.count ? .ordinary("in \(share)") : .ordinary,
            because:
                "\(share) that ran over both \(holds ? "gave" : "did not give") the same "
                + "findings\(names).",
            evidence: some.flatMap(\.evidence))
    }
}
