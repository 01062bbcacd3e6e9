import Testing

@testable import Claims
@testable import Packets
@testable import Recordings
@testable import TCPSockets
@testable import TestSupport

@Suite("The judges of an ending", .timeLimit(.minutes(5)))
struct EndingJudgesTests {
    let clientFirst = SyntheticCell()
    let serverFirst = SyntheticCell().with {
        $0.segments = .orderly(first: .server)
        $0.timeWait = [.server]
        $0.secondRun(bind: .ok, connect: .ok)
    }
    let reset = SyntheticCell().with {
        $0.segments = .reset
        $0.timeWait = []
        $0.secondRun(bind: .ok, connect: .ok)
    }

    func closing(_ strategy: CloseStrategy, _ cell: SyntheticCell) -> SyntheticCell {
        cell.with { $0.cell.close = strategy }
    }

    @Test("A5, C6 and D2 need the first to close to hold TIME-WAIT")
    func holder() throws {
        for claim in ["A5", "C6", "D2"] {
            #expect(try judgements(claim, clientFirst) == [true])
            #expect(try judgements(claim, serverFirst) == [true])
            #expect(try judgements(claim, clientFirst.with { $0.timeWait = [.server] }) == [false])
            #expect(try judgements(claim, clientFirst.with { $0.timeWait = [] }) == [false])
        }
        for claim in ["A5", "C6", "D2"] {
            let findings = try findings(claim, [clientFirst, reset])
            #expect(findings.map(\.holds) == [true, false])
            #expect(findings.map(\.circumstances) == [.ordinary, .others("where the connection ends by RST")])
        }
    }

    @Test("A FIN that does not acknowledge the other crossed it, however the wire lists them")
    func crossing() throws {
        let crossed = clientFirst.with {
            $0.segments = [
                CapturedSegment(number: 0, from: .client, [.fin, .ack], sequence: 100, acknowledgement: 200),
                CapturedSegment(number: 1, from: .server, [.fin, .ack], sequence: 200, acknowledgement: 100),
            ]
            $0.timeWait = [.client, .server]
        }
        #expect(try crossed.result.outcome.firstToClose == .both)
        #expect(try clientFirst.result.outcome.firstToClose == .client)
        let finding = try #require(try findings("A5", [crossed]).first)
        #expect(!finding.holds)
        #expect(finding.circumstances == .others("where the two FINs cross"))
    }

    @Test("A7 and B6 need a second run that works, B6 from the same port")
    func serverCloses() throws {
        let delay = closing(.delay, serverFirst)
        #expect(try judgements("A7", delay) == [true])
        #expect(
            try judgements("A7", delay.with { $0.secondRun(bind: .failed(.addressInUse), connect: nil) }) == [false])
        let passive = closing(.passive, serverFirst).with { $0.clientCalls.append(.named(.recv)) }
        #expect(try judgements("B6", passive) == [true])
        #expect(try judgements("B6", passive.with { $0.reconnectPort = 1 }) == [false])
        #expect(try judgements("B6", closing(.passive, serverFirst)).isEmpty)
    }

    @Test("A8 needs a SYN that finds TIME-WAIT and leaves SYN-RECEIVED")
    func reopening() throws {
        #expect(try judgements("A8", serverFirst.with { $0.reopening = (.timeWait, .synReceived) }) == [true])
        #expect(try judgements("A8", serverFirst.with { $0.reopening = (.timeWait, .timeWait) }) == [false])
        #expect(try judgements("A8", serverFirst.with { $0.reopening = (.listen, .synReceived) }) == [false])
        #expect(try judgements("A8", serverFirst) == [false])
    }

    @Test("B2, B9 and C10 need a RST and no TIME-WAIT")
    func resets() throws {
        let linger = closing(.reset, reset)
        for claim in ["B2", "B9", "C10"] {
            #expect(try judgements(claim, linger) == [true])
            #expect(try judgements(claim, linger.with { $0.timeWait = [.client] }) == [false])
        }
        #expect(try judgements("B9", closing(.reset, clientFirst)) == [false])
    }

    @Test("B3 needs a RST of a process that did not close")
    func processExit() throws {
        let calls = [SocketCall.named(.send, returned: 5)]
        #expect(try judgements("B3", closing(.abandon, reset).with { $0.clientCalls = calls }) == [true])
        #expect(try judgements("B3", closing(.abandon, clientFirst).with { $0.clientCalls = calls }) == [false])
        #expect(try judgements("B3", closing(.abandon, reset)).isEmpty)
    }

    @Test("B4 counts what ended the connection, and a FIN that came again once")
    func segments() throws {
        #expect(try judgements("B4", clientFirst) == [true])
        #expect(try judgements("B4", clientFirst.with { $0.segments = .merged(first: .client) }) == [false])
        let across = reset.with { $0.segments = .resetAcrossFIN }
        #expect(try judgements("B4", meeting(reset, .established)) == [true])
        #expect(try judgements("B4", meeting(across, .lastAck, nil)) == [true])
        #expect(try judgements("B4", meeting(across, .lastAck, .lastAck)) == [false])
        #expect(try judgements("B4", reset) == [false], "a RST that never arrived ends nothing")
        let again = clientFirst.with {
            $0.segments.append(
                CapturedSegment(number: 5, from: .client, [.fin, .ack], sequence: 100, acknowledgement: 200))
        }
        #expect(try again.result.endingSegments == 4)
    }

    /// With each RST delivered, and what it met on the server's host.
    private func meeting(_ cell: SyntheticCell, _ states: TCPState?...) throws -> SyntheticCell {
        let met = try states.map { state in
            SocketStates(server: try state.map { try socket("192.0.2.2:7000", "192.0.2.1:50001", $0) })
        }
        return cell.with {
            let resets = $0.segments.indices.filter { [segments = $0.segments] in
                segments[$0].segment.flags.contains(.rst)
            }
            for (index, before) in zip(resets, met) {
                $0.segments[index].deliveries = [.init(time: 1, before: before, after: SocketStates())]
            }
        }
    }

    @Test("B7 needs the server's FIN first, or a close() that waited for it")
    func linger() throws {
        #expect(try judgements("B7", closing(.linger, serverFirst)) == [true])
        #expect(try judgements("B7", closing(.linger, clientFirst)) == [false])
        let waited = closing(.linger, clientFirst).with {
            $0.segments[1] = CapturedSegment(number: 1, from: .client, [.fin, .ack], sequence: 100, at: 6)
        }
        #expect(try judgements("B7", waited) == [true])
    }

    @Test("D1 needs unread data, a RST and empty tables; D5 MSG_PEEK as well")
    func unread() throws {
        let calls = [
            SocketCall.named(.recv, returned: 5, flags: "MSG_PEEK"), .named(.recv, returned: 8), .named(.close),
        ]
        let unread = closing(.unread, reset).with { $0.clientCalls = calls }
        for claim in ["D1", "D5"] {
            #expect(try judgements(claim, unread) == [true])
            #expect(try judgements(claim, unread.with { $0.timeWait = [.client] }) == [false])
        }
        let read = unread.with { $0.clientCalls[1] = .named(.recv, returned: 9) }
        #expect(try judgements("D1", read).isEmpty)
        #expect(try judgements("D5", unread.with { $0.clientCalls.removeFirst() }) == [false])
        #expect(try judgements("D5", unread.with { $0.cell.padding = 1 }).isEmpty)
    }

    @Test("D7 needs a second run that fails in spite of SO_REUSEADDR, and a fixed port is not what it is about")
    func reuseAddress() throws {
        let reuse = clientFirst.with { $0.cell.reuseAddress = .both }
        #expect(try judgements("D7", reuse) == [true])
        let again = reuse.with { $0.secondRun(bind: .ok, connect: .ok) }
        #expect(try judgements("D7", again) == [false])
        #expect(try findings("D7", [reuse, again]).map(\.circumstances.areOrdinary) == [false, false])
        #expect(try judgements("D7", clientFirst).isEmpty)
    }
}
