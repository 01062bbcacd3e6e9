import Testing

@testable import Claims

@Suite("A verdict", .timeLimit(.minutes(5)))
struct VerdictTests {
    private func verdict(_ id: String = "A1", _ findings: (Bool, Circumstances)...) throws -> Verdict? {
        Verdict(
            try #require(Claim.named(id)),
            findings: findings.map { holds, circumstances in
                Finding(
                    id, holds: holds, under: circumstances, because: "\(circumstances.words ?? "plain").", evidence: [])
            })
    }

    @Test("Ordinary circumstances decide; what is otherwise elsewhere is an exception, and what is not is left out")
    func exceptions() throws {
        let confirmed = try #require(
            try verdict("A1", (true, .ordinary), (false, .others("at night")), (true, .others("by day"))))
        #expect(confirmed.kind == .confirmed)
        #expect(confirmed.exceptions == ["Not at night."])
        #expect(confirmed.because == "plain. at night.")
        #expect(confirmed.condition == nil)
        let refuted = try #require(try verdict("A1", (false, .ordinary), (true, .others("at night"))))
        #expect(refuted.kind == .refuted)
        #expect(refuted.exceptions == ["It holds at night."])
        #expect(refuted.because == "plain. at night.")
    }

    @Test("Ordinary findings that disagree make it conditional, and each other one is told")
    func conditional() throws {
        let verdict = try #require(
            try verdict(
                "A1", (true, .ordinary("with a silent peer")), (false, .ordinary("with a peer that talks")),
                (true, .others("at night")), (false, .others("by day"))))
        #expect(verdict.kind == .conditional)
        #expect(verdict.condition == "holds with a silent peer; does not hold with a peer that talks")
        #expect(verdict.exceptions == ["It holds at night.", "It does not hold by day."])
    }

    @Test("Where nothing was ordinary, the verdict depends on what was looked at, and says so")
    func noneOrdinary() throws {
        let verdict = try #require(try verdict("A1", (false, .others("at night"))))
        #expect(verdict.kind == .conditional)
        #expect(verdict.condition == "does not hold at night; ordinary circumstances were not looked at")
        #expect(verdict.exceptions.isEmpty)
    }

    @Test("What may be is confirmed by one ordinary sighting, and conditional where it was seen elsewhere alone")
    func possibility() throws {
        let seen = try #require(try verdict("E7", (false, .ordinary("with one")), (true, .ordinary("with another"))))
        #expect(seen.kind == .confirmed)
        #expect(seen.exceptions == ["Not with one."])
        let elsewhere = try #require(try verdict("C5", (false, .ordinary("by day")), (true, .others("at night"))))
        #expect(elsewhere.kind == .conditional)
        #expect(elsewhere.condition == "holds at night; does not hold by day")
        let never = try #require(try verdict("C5", (false, .ordinary), (false, .others("at night"))))
        #expect(never.kind == .refuted)
        #expect(never.exceptions.isEmpty)
    }

    @Test("What could not be tried is not testable, with the reason; what was not looked at has no verdict")
    func untestable() throws {
        let claim = try #require(Claim.named("E7"))
        let probed = Untestable("E7", because: "There is no such setting.", evidence: ["some"])
        let verdict = try #require(Verdict(claim, findings: [], untestable: [probed]))
        #expect(verdict.kind == .notTestable)
        #expect(verdict.because == "There is no such setting.")
        #expect(Verdict(claim, findings: []) == nil)
    }
}
