import Claims
import Recordings
import TCPSockets

/// What two reports say differently about what both have looked at.
///
/// Times and names of files are not compared: they change from run to run.
package struct Comparison: Sendable {
    /// What is different in a cell, in a claim, or among the steps of the state diagram.
    package struct Difference: Hashable, Sendable, CustomStringConvertible {
        package let id: String
        /// Such as `timeWait`; nil where one of the reports does not have the cell or the claim at all.
        package let field: String?
        package let expected: String?
        package let seen: String?

        package var description: String {
            "\(id): \(field.map { "\($0): " } ?? "")expected \(expected ?? "none"), seen \(seen ?? "none")"
        }
    }

    /// In the order of the cells and of the claims.
    package private(set) var differences: [Difference] = []
    /// How many cells and how many claims both have.
    package private(set) var cells = 0
    package private(set) var claims = 0
    /// What cannot be compared, because something that bears on it could not be carried out: a sentence each.
    package private(set) var unjudged: [String] = []
    /// What was not compared, for one report carried out less than the other: claims, where it is less than the other one's
    /// verdict rests upon, and steps of the state diagram.
    package private(set) var uncompared: [String] = []

    /// - Parameters:
    ///   - expected: An earlier report. Cells that it has and `seen` has not were not run: no difference.
    ///   - seen: The new one. Cells that `expected` has not are differences.
    package init(expected: ReportDocument, seen: ReportDocument) {
        let expectedCells = Dictionary(expected.cells.map { ($0.id, $0) }) { first, _ in first }
        for cell in seen.cells {
            cells += expectedCells[cell.id] == nil ? 0 : 1
            compare(cell.id, expectedCells[cell.id]?.comparable, cell.comparable)
        }
        let comparable = Self.comparableClaims(expected, seen)
        let failed = (expected.failures + seen.failures).map(\.id)
        unjudged += failed.filter { expectedCells[$0] != nil }.map { "\($0): not judged: it could not run" }
        for id in Claim.all.map(\.id) {
            let pair = [expected, seen].map { document in document.claims.first { $0.id == id } }
            let missing = failed.filter { Self.bears($0, on: id, in: [expected, seen]) }
            if !missing.isEmpty {
                let more = missing.count > 1 ? " and \(missing.count - 1) more" : ""
                unjudged.append("\(id): not judged: \(missing[0])\(more) could not run")
            } else if comparable.contains(id) {
                claims += pair.contains(nil) ? 0 : 1
                compare(id, pair[0]?.comparable, pair[1]?.comparable)
            } else if pair.contains(where: { $0 != nil }) {
                uncompared.append(id)
            }
        }
        let missing = missingSteps(expected.states, seen.states)
        if seen.carriedOut.isSuperset(of: expected.carriedOut) {
            differences += missing.map { Difference(id: $0, field: nil, expected: "a step", seen: nil) }
        } else {
            // What brings them about may not have been carried out.
            uncompared += missing.map { "the step \($0)" }
        }
    }

    /// Whether what could not be carried out bears on a claim.
    private static func bears(_ id: String, on claim: String, in documents: [ReportDocument]) -> Bool {
        if Matrix.cells().contains(where: { $0.id == id }) { return Matrix.claims.contains(claim) }
        return documents.contains { document in
            document.experiments.contains { $0.id == id && $0.claims.contains(claim) }
        }
    }

    /// Steps that are missing. Those that no experiment holds come and go: what is passed between two looks is not seen.
    private func missingSteps(_ expected: ReportDocument.States, _ seen: ReportDocument.States) -> [String] {
        StateDiagram.figure.map(\.0).filter(StateDiagram.held.contains).map {
            [$0.from.description, $0.to.description]
        }
        .filter { expected.transitions.contains($0) && !seen.transitions.contains($0) }
        .map { $0.joined(separator: " to ") }
    }

    private mutating func compare(_ id: String, _ expected: [String: String]?, _ seen: [String: String]?) {
        guard let expected, let seen else {
            if expected != nil || seen != nil {
                let whole = Claim.named(id) == nil ? "a cell" : "a verdict"
                differences.append(
                    Difference(
                        id: id, field: nil, expected: expected.map { _ in whole }, seen: seen.map { _ in whole }))
            }
            return
        }
        for field in seen.keys.sorted() where expected[field] != seen[field] {
            differences.append(Difference(id: id, field: field, expected: expected[field], seen: seen[field]))
        }
    }

    /// A verdict depends on all that bears on its claim: it is compared where each report has carried out whatever the
    /// other one's verdict rests upon.
    private static func comparableClaims(_ expected: ReportDocument, _ seen: ReportDocument) -> Set<String> {
        let ids = Set((expected.claims + seen.claims).map(\.id))
        func rests(_ id: String, in one: ReportDocument, on other: ReportDocument) -> Bool {
            one.claims.first { $0.id == id }.map { other.carriedOut.isSuperset(of: $0.evidence) } ?? true
        }
        return ids.filter { rests($0, in: expected, on: seen) && rests($0, in: seen, on: expected) }
    }
}

extension ReportDocument {
    fileprivate var carriedOut: Set<String> { Set(cells.map(\.id)).union(experiments.map(\.id)) }
}

extension ReportDocument.Cell {
    /// Every field but closeMilliseconds, freeAfterSeconds and pcap.
    var comparable: [String: String] {
        [
            "family": "\(family)", "bind": bind.rawValue, "reuseAddress": reuseAddress.rawValue, "close": close,
            "serverClose": serverClose.rawValue, "padding": "\(padding)",
            "sysctls": sysctls.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "),
            "firstToClose": firstToClose.rawValue, "ending": ending.rawValue, "timeWait": timeWait.rawValue,
            "serverSaw": serverSaw.rawValue, "reconnect.bind": reconnect.bind.description,
            "reconnect.connect": reconnect.connect?.description ?? "null", "bytesSent": "\(bytesSent)",
            "bytesLost": "\(bytesLost)", "rstCause": rstCause?.rawValue ?? "null",
        ]
    }
}

extension ReportDocument.Claim {
    var comparable: [String: String] {
        [
            "verdict": verdict.rawValue, "condition": condition ?? "null",
            "exceptions": exceptions.isEmpty ? "none" : exceptions.joined(separator: " "),
        ]
    }
}
