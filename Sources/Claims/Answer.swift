/// The plain answer to a claim: one sentence, written down beforehand, and the findings that it was written for.
///
/// It is worth printing only where a run finds just that. So it names what it expects of each finding, by its circumstances.
package struct Answer: Sendable, Hashable {
    /// One sentence of at most 90 characters.
    package let text: String
    private let ordinary: Ordinary
    /// The other circumstances under which it comes out otherwise than `ordinary` has it, and how.
    private let exceptions: [String: Bool]

    private enum Ordinary: Hashable {
        /// Every finding speaks for the claim, or every one against it.
        case all(Bool)
        /// Whether it holds depends on the circumstances, all of which are to be looked at.
        case each([String: Bool])
        /// No program can find out here.
        case untestable
    }

    /// How an answer stands to what a run has found.
    package enum Fit: Sendable {
        case fits
        /// It speaks of more than the run has looked at.
        case tooWide
        /// The run has found something else than what it was written for.
        case contradicted
    }

    /// The claim holds, but for some circumstances that are not ordinary.
    static func yes(_ text: String, except exceptions: [String] = []) -> Answer {
        Answer(text: text, ordinary: .all(true), exceptions: outcomes([], exceptions))
    }

    /// The claim does not hold, but for some circumstances that are not ordinary.
    static func no(_ text: String, except exceptions: [String] = []) -> Answer {
        Answer(text: text, ordinary: .all(false), exceptions: outcomes(exceptions, []))
    }

    /// It depends.
    ///
    /// - Parameters:
    ///   - holds: The ordinary circumstances under which the claim holds; `fails`, those under which it does not.
    ///   - holdsElsewhere: Others under which it holds; `failsElsewhere`, under which it does not.
    static func depends(
        _ text: String, holds: [String] = [], fails: [String] = [], holdsElsewhere: [String] = [],
        failsElsewhere: [String] = []
    ) -> Answer {
        Answer(
            text: text, ordinary: .each(outcomes(holds, fails)), exceptions: outcomes(holdsElsewhere, failsElsewhere))
    }

    /// Nothing that could be found out here would decide it.
    static func untestable(_ text: String) -> Answer { Answer(text: text, ordinary: .untestable, exceptions: [:]) }

    /// Circumstances that a run has left out do not count, as long as it has looked at the ordinary ones.
    package func fit(_ findings: [Finding]) -> Fit {
        let isAsExpected = findings.allSatisfy { expected(of: $0) == $0.holds }
        guard isAsExpected else { return .contradicted }
        let seen = findings.filter(\.circumstances.areOrdinary)
        return switch ordinary {
        case .all: seen.isEmpty ? .tooWide : .fits
        case .each(let outcomes): Set(outcomes.keys).isSubset(of: seen.compactMap(\.condition)) ? .fits : .tooWide
        case .untestable: .fits
        }
    }

    /// nil where the answer does not know such circumstances.
    private func expected(of finding: Finding) -> Bool? {
        switch (ordinary, finding.circumstances.areOrdinary) {
        case (.all(let holds), true): holds
        case (.all(let holds), false): finding.condition.flatMap { exceptions[$0] } ?? holds
        case (.each(let outcomes), true): finding.condition.flatMap { outcomes[$0] }
        case (.each, false): finding.condition.flatMap { exceptions[$0] }
        case (.untestable, _): nil
        }
    }

    private static func outcomes(_ holding: [String], _ failing: [String]) -> [String: Bool] {
        let pairs = holding.map { ($0, true) } + failing.map { ($0, false) }
        return Dictionary(uniqueKeysWithValues: pairs)
    }
}
