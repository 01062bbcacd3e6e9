import Testing

@testable import Claims
@testable import Packets
@testable import Recordings
@testable import TCPSockets
@testable import TestSupport

@Suite("A verdict with parts missing")
struct PartialVerdictTests {
    private let pro = Finding("F4", holds: true, because: "It was so.", evidence: ["one"])
    private let contra = Finding(
        "F4", holds: false, under: .ordinary("at night"), because: "It was not.", evidence: ["two"])
    private let missing = Untestable("F4", because: "The kernel has no such option.", evidence: ["three"])

    private func verdict(
        _ findings: [Finding], _ untestable: [Untestable] = [], failures: [String] = []
    ) throws -> Verdict? {
        Verdict(try #require(Claim.named("F4")), findings: findings, untestable: untestable, failures: failures)
    }

    @Test("follows from the findings, and there is none without")
    func findings() throws {
        #expect(try verdict([pro])?.kind == .confirmed)
        #expect(try verdict([contra])?.kind == .refuted)
        #expect(try verdict([pro, contra])?.kind == .conditional)
        #expect(try verdict([]) == nil)
        #expect(try verdict([], failures: ["one"]) == nil)
    }

    @Test("is not-testable where the kernel does not have what the claim is about, and says what was probed")
    func untestable() throws {
        let verdict = try #require(try verdict([], [missing]))
        #expect(verdict.kind == .notTestable)
        #expect(verdict.because == "The kernel has no such option.")
        #expect(verdict.condition == nil)
        #expect(verdict.evidence == ["three"])
    }

    @Test("follows from what could be tried, and says what could not")
    func partly() throws {
        let verdict = try #require(try verdict([pro], [missing]))
        #expect(verdict.kind == .confirmed)
        #expect(verdict.because == "It was so. The kernel has no such option.")
        #expect(verdict.evidence == ["one", "three"])
    }

    @Test("says that a part of its evidence is missing")
    func failures() throws {
        #expect(
            try verdict([pro], failures: ["two"])?.because
                == "It was so. A part is missing: two, which bears on this too, could not run.")
        #expect(
            try verdict([pro], failures: ["two", "three", "four"])?.because
                == "It was so. A part is missing: two and 2 more, which bear on this too, could not run.")
    }

    @Test("warns of each failure that bears on its claim, and of no other")
    func report() {
        let cell = CellResult(Cell())
        let failures = [RunFailure(id: "syn-in-time-wait", reason: "so")]
        let findings = ["A8", "B8"].map { Finding($0, holds: true, because: "Seen.", evidence: ["x"]) }
        let experiments = [ExperimentResult("x", findings, recordings: [])]
        let report = Report.madeUp([cell], experiments: experiments, failures: failures)
        let warned = report.verdicts.filter { $0.because.contains("A part is missing: syn-in-time-wait") }
        #expect(warned.map(\.claim.id) == ["A8"])
        let other = Report.madeUp(
            [cell], experiments: experiments, failures: [RunFailure(id: "explicit-reset", reason: "so")])
        let ofMatrix = other.verdicts.filter { $0.because.contains("A part is missing: explicit-reset") }.map(
            \.claim.id)
        #expect(ofMatrix.contains("A8") && !ofMatrix.contains("B8"))
    }
}

@Suite("How long a state lasts")
struct LifetimeTests {
    private func entry(_ seconds: Double?) -> SocketEntry {
        SocketEntry(
            local: SyntheticCell.connection.client, remote: SyntheticCell.connection.server, state: .timeWait,
            timer: seconds.map { .init(kind: .timeWait, remaining: .seconds($0)) })
    }

    private func arrival(_ time: Double, from side: Side = .server) -> CapturedSegment {
        var captured = CapturedSegment(number: 0, from: side, [.fin, .ack], at: time)
        captured.deliveries = [.init(time: time, before: SocketStates(), after: SocketStates())]
        return captured
    }

    private func lifetime(left: Double?, seen: Double, _ segments: [CapturedSegment]) -> Double? {
        StateSample(time: seen, connection: SyntheticCell.connection, states: SocketStates(client: entry(left)))
            .lifetime(of: .client, in: segments)
    }

    @Test("is counted from the last segment that reached the host, however late the look")
    func late() {
        #expect(lifetime(left: 60, seen: 10, [arrival(10)]) == 60)
        #expect(lifetime(left: 55, seen: 15, [arrival(10)]) == 60)
        #expect(lifetime(left: 55, seen: 15, [arrival(2), arrival(10), arrival(12, from: .client)]) == 60)
        #expect(lifetime(left: 55, seen: 15, [arrival(10), arrival(20)]) == 60, "what comes later has no part in it")
    }

    @Test("is what the timer says where nothing arrived, and unknown without a timer")
    func bare() {
        #expect(lifetime(left: 55, seen: 15, []) == 55)
        #expect(lifetime(left: nil, seen: 15, [arrival(10)]) == nil)
    }

    @Test("C9 does not depend on how late TIME-WAIT was looked at")
    func claim() throws {
        let late = SyntheticCell().with {
            $0.timeLeft = .seconds(50)
            $0.settledAt = 11
            $0.segments[3].deliveries = [.init(time: 1, before: SocketStates(), after: SocketStates())]
        }
        #expect(try judgements("C9", late) == [true])
        #expect(try judgements("C9", late.with { $0.settledAt = 1 }) == [false])
    }
}
