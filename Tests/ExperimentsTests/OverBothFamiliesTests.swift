import Testing

@testable import Claims
@testable import Recordings
@testable import Scenes

@Suite("An experiment over IPv4 and IPv6")
struct OverBothFamiliesTests {
    private func result(_ findings: [(holds: Bool, circumstances: Circumstances)]) -> ExperimentResult {
        ExperimentResult(
            "some",
            findings.map {
                Finding("A1", holds: $0.holds, under: $0.circumstances, because: "Seen.", evidence: ["some"])
            }, recordings: [Recording("one", segments: [], clientCalls: [], serverCalls: [])])
    }

    @Test("finds once what it finds over both")
    func alike() {
        let merged = OverBothFamilies.merged(result([(true, .ordinary)]), result([(true, .ordinary)]))
        #expect(
            merged.findings.map(\.because) == [
                "Seen. The same over IPv6.", "some gave the same over IPv6 as over IPv4.",
            ])
        #expect(merged.findings.map(\.claim) == ["A1", "F13"])
        #expect(merged.findings.map(\.holds) == [true, true])
        #expect(merged.recordings.map(\.name) == ["one", "one-ipv6"])
    }

    @Test("finds twice what comes out otherwise over one of them")
    func different() {
        let merged = OverBothFamilies.merged(result([(true, .ordinary)]), result([(false, .ordinary)]))
        #expect(
            merged.findings.map(\.because) == [
                "Over IPv4: Seen.", "Over IPv6: Seen.", "some gave different results over IPv6 and IPv4.",
            ])
        #expect(merged.findings.map(\.holds) == [true, false, false])
    }

    @Test("finds what it could look at over one of them alone")
    func partial() {
        let both: [(Bool, Circumstances)] = [(true, .ordinary), (false, .others("elsewhere"))]
        let merged = OverBothFamilies.merged(result([(true, .ordinary)]), result(both))
        #expect(merged.findings.count == 4)
        #expect(merged.findings.dropLast().last?.because == "Over IPv6: Seen.")
        #expect(merged.findings.last?.holds == false)
    }

    @Test("says nothing of the families where it finds nothing")
    func nothing() {
        #expect(OverBothFamilies.merged(result([]), result([])).findings.isEmpty)
    }

    @Test("bears on F13, if on anything")
    func claims() {
        let (with, without) = (OverBothFamilies(Some(claims: ["A1"])), OverBothFamilies(Some(claims: [])))
        #expect(with.claims == ["A1", "F13"])
        #expect(without.claims.isEmpty)
    }

    private struct Some: Experiment {
        let claims: [String]
        let id = "some"
        let claimed = ""
        let done = ""
        let lookFor = ""

        func run(in laboratory: Laboratory) async throws -> ExperimentResult {
            ExperimentResult(id, [], recordings: [])
        }
    }
}
