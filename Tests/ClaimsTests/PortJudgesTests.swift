import Testing

@testable import Claims
@testable import Recordings
@testable import TCPSockets
@testable import TestSupport

@Suite("The judges of a port in TIME-WAIT", .timeLimit(.minutes(5)))
struct PortJudgesTests {
    let refused = SyntheticCell()
    let accepted = SyntheticCell().with { $0.secondRun(bind: .ok, connect: .ok) }
    let lateRefusal = SyntheticCell().with { $0.secondRun(bind: .ok, connect: .failed(.addressNotAvailable)) }

    func on(
        _ reuse: Cell.ReuseAddress, timestamps: Bool = true, _ cell: SyntheticCell
    ) -> SyntheticCell {
        cell.with {
            $0.cell.reuseAddress = reuse
            $0.cell.timestamps = timestamps
        }
    }

    @Test("A1 and D2 need a second run that is refused")
    func immediateReconnect() throws {
        for claim in ["A1", "D2"] {
            #expect(try judgements(claim, refused) == [true])
            #expect(try judgements(claim, accepted) == [false])
        }
        #expect(try judgements("A1", refused.with { $0.clientStatus = 1 }) == [false])
        #expect(try judgements("A1", refused.with { $0.isServerListening = false }) == [false])
    }

    @Test("A2 needs connect() to be what fails")
    func connectFails() throws {
        #expect(try judgements("A2", lateRefusal) == [true])
        #expect(try judgements("A2", refused) == [false])
        #expect(try judgements("A2", accepted) == [false])
    }

    @Test("A3 needs tens of seconds, and says nothing where nobody waited")
    func waiting() throws {
        #expect(try judgements("A3", refused).isEmpty)
        #expect(try judgements("A3", refused.with { $0.freeAfter = 60.1 }) == [true])
        #expect(try judgements("A3", refused.with { $0.freeAfter = 0.3 }) == [false])
        #expect(try judgements("A3", refused.with { $0.freeAfter = 240 }) == [false])
    }

    @Test("A4 needs TIME-WAIT on the client's host and a listener on the server's")
    func tables() throws {
        #expect(try judgements("A4", refused) == [true])
        #expect(try judgements("A4", refused.with { $0.isServerListening = false }) == [false])
        #expect(try judgements("A4", refused.with { $0.timeWait = [.client, .server] }) == [false])
    }

    @Test("A10 and B1 need another port")
    func implicitPort() throws {
        let implicit = accepted.with {
            $0.cell.bind = .implicit
            $0.bind = nil
        }
        for claim in ["A10", "B1"] {
            #expect(try judgements(claim, implicit.with { $0.reconnectPort = 32_768 }) == [true])
            #expect(try judgements(claim, implicit) == [false])
            #expect(try judgements(claim, implicit.with { $0.connect = .failed(.addressNotAvailable) }) == [false])
        }
    }

    @Test("A11 needs a bind() that does not mind, E1 one that does")
    func rebinding() throws {
        #expect(try judgements("A11", lateRefusal) == [true])
        #expect(try judgements("A11", refused) == [false])
        #expect(try judgements("E1", refused) == [true])
        #expect(try judgements("E1", lateRefusal) == [false])
        #expect(try judgements("E1", refused, on(.both, accepted)) == [true, false])
    }

    @Test("B10 needs connect() to fail, E3 needs it to succeed, C8 needs either call to fail")
    func reuseAddress() throws {
        #expect(try judgements("B10", on(.both, lateRefusal)) == [true])
        #expect(try judgements("B10", on(.both, accepted)) == [false])
        #expect(try judgements("B10", on(.new, refused)) == [false])
        #expect(try judgements("E3", on(.both, accepted)) == [true])
        #expect(try judgements("E3", on(.both, lateRefusal)) == [false])
        #expect(try judgements("E3", on(.old, refused)) == [false])
        #expect(try judgements("C8", refused) == [true])
        #expect(try judgements("C8", on(.both, accepted)) == [false])
    }

    @Test("C9 needs one to four minutes, by the kernel's timer and by the clock")
    func length() throws {
        #expect(try judgements("C9", refused) == [true])
        #expect(try judgements("C9", refused.with { $0.timeLeft = .seconds(30) }) == [false])
        #expect(try judgements("C9", refused.with { $0.freeAfter = 60.2 }) == [true])
        #expect(try judgements("C9", refused.with { $0.freeAfter = 12 }) == [false])
    }

    @Test("F2 compares three cells, and needs all three")
    func bothSockets() throws {
        let (old, new, both) = (on(.old, refused), on(.new, refused), on(.both, accepted))
        #expect(try judgements("F2", old, new, both) == [true])
        #expect(try judgements("F2", old, on(.new, accepted), both) == [false])
        #expect(try judgements("F2", old, new, on(.both, refused)) == [false])
        #expect(try judgements("F2", new, both).isEmpty)
    }

    @Test("F13 compares a cell with its like over IPv6, and names what differs")
    func families() throws {
        let twin = refused.with { $0.cell.family = .v6 }
        #expect(try judgements("F13", refused, twin) == [true])
        #expect(try judgements("F13", refused).isEmpty)
        let other = twin.with { $0.secondRun(bind: .ok, connect: .ok) }
        let finding = try #require(try findings("F13", [refused, other]).first)
        #expect(!finding.holds)
        #expect(finding.because.contains("explicit-active (the second run)"))
    }

    @Test("F13 rests on the experiments over both families too: one that differs is named")
    func familiesOfExperiments() throws {
        func experiment(_ id: String, _ holds: Bool) -> ExperimentResult {
            ExperimentResult(id, [Finding("F13", holds: holds, because: "", evidence: [id])], recordings: [])
        }
        func verdict(_ experiments: ExperimentResult...) throws -> Verdict {
            let twin = refused.with { $0.cell.family = .v6 }
            let cells = [try refused.result, try twin.result]
            let report = Report(kernel: "", sysctls: [:], cells: cells, experiments: experiments, catalogue: [])
            return try #require(report.verdicts.first { $0.claim.id == "F13" })
        }
        let alike = try verdict(experiment("one", true), experiment("two", true))
        #expect(alike.kind == .confirmed)
        #expect(alike.answer != nil)
        #expect(alike.because.contains("The only cell gave the same over IPv4 and IPv6"))
        #expect(alike.because.contains("2 of 2 experiments that ran over both gave the same findings"))
        #expect(Set(alike.evidence).isSuperset(of: ["explicit-active", "one", "two"]))
        let different = try verdict(experiment("one", true), experiment("two", false))
        #expect(different.kind == .conditional)
        #expect(different.answer == nil)
        #expect(different.because.contains("did not give the same findings: two."))
    }

    @Test("cells that disagree give two findings, each with its share and its own evidence")
    func disagreement() throws {
        let other = accepted.with { $0.cell.padding = 1 }
        let found = try findings("A1", [refused, other, refused.with { $0.cell.family = .v6 }])
        #expect(found.map(\.holds) == [true, false])
        #expect(found.map(\.condition) == ["in 2 of 3 cells", "in 1 of 3 cells"])
        #expect(
            found.map(\.evidence) == [["explicit-active", "explicit-active-ipv6"], ["explicit-active-padding"]])
        #expect(found.map(\.circumstances.areOrdinary) == [true, true])
    }

    @Test("cells of other circumstances give a finding of their own")
    func circumstances() throws {
        let found = try findings("A1", [accepted.with { $0.cell.timestamps = false }, refused])
        #expect(found.map(\.holds) == [true, false])
        #expect(found.map(\.circumstances) == [.ordinary, .others("without TCP timestamps")])
        let reuse = try findings(
            "E3", [on(.both, accepted), on(.both, timestamps: false, lateRefusal), on(.old, refused)])
        #expect(reuse.map(\.holds) == [true, false, false])
        #expect(
            reuse.map(\.circumstances) == [
                .ordinary, .others("with SO_REUSEADDR on both sockets and without TCP timestamps"),
                .others("with SO_REUSEADDR on the old socket only"),
            ])
    }

    @Test("a run of nothing finds nothing")
    func nothing() {
        #expect(matrixFindings([]).isEmpty)
    }
}
