import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import TestSupport

@Suite(
    "A wire under rules", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"), .serialized,
    .timeLimit(.minutes(5)))
struct RuleTests {
    @Test("drops the first SYN: the kernel sends it again, and that one makes the connection")
    func drop() async throws {
        let world = try await World()
        world.wire.obey([MatchRule(from: .client, times: 1, .drop) { $0.flags == .syn }])
        let pair = try await world.makeConnection()
        let syns = try world.wire.segments.filter { $0.segment.flags == .syn }
        #expect(syns.map(\.fate) == [.dropped, .delivered])
        #expect(syns.map(\.deliveries.count) == [0, 1])
        #expect(syns.map(\.connection) == [pair.connection, pair.connection])
        #expect(syns[0].segment.sequence == syns[1].segment.sequence)
        // RFC 6298 section 2.1: one second.
        #expect((0.9...3).contains(syns[1].time - syns[0].time))
        #expect(Sides(syns[1].states) == Sides(.synSent, .listen))
    }

    private struct Twice: Rule {
        func consider(_ captured: CapturedSegment) -> Decision? {
            captured.segment.payload.isEmpty ? nil : .deliver([captured.number, captured.number])
        }
    }

    @Test("delivers a segment twice: the receiver reports the second, and no program sees it")
    func duplicate() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        let before = try world.server.counters.read()
        world.wire.obey([Twice()])
        try pair.client.send("one")
        let captured = try await world.wire.captured("two deliveries") { $0.deliveries.count == 2 }
        #expect(captured.text == "one")
        #expect(try await pair.server.receive(3) == "one")
        #expect(try pair.server.receiveNow() == .wouldBlock)
        // RFC 2883.
        #expect(try world.server.counters.read().growth(since: before)["TcpExt:TCPDSACKOldSent"] == 1)
        let report = try await world.wire.captured("a report of the copy") { captured in
            captured.from == .server
                && captured.segment.options.contains {
                    if case .selectiveAcknowledgement = $0 { true } else { false }
                }
        }
        #expect(
            report.segment.options.last
                == .selectiveAcknowledgement([.init(start: captured.segment.sequence, end: captured.segment.end)]))
    }

    @Test("cannot deliver what never was")
    func unknownSegment() async throws {
        let world = try await World()
        #expect(throws: LaboratoryError.self) { try world.wire.release(0) }
        _ = try await world.makeConnection()
        #expect(throws: LaboratoryError.self) { try world.wire.release(1000) }
        #expect(throws: LaboratoryError.self) { try world.wire.release(-1) }
    }

    private struct Nonsense: Rule {
        func consider(_ captured: CapturedSegment) -> Decision? { .deliver([99]) }
    }

    @Test("that make no sense break it, and the recording says why")
    func nonsense() async throws {
        let world = try await World()
        world.wire.obey([Nonsense()])
        let endpoint = Endpoint(world.server.address(.v4), port: 7000)
        let socket = try await world.client.socket()
        _ = try socket.use { try $0.connect(to: endpoint) }
        let failure = try await world.wire.recording.until("the failure") { $0.failure }
        #expect(failure.description == "the wire broke: there are no segments [99] to deliver")
    }

    @Test("that make the client the first to close do it: FIN and last word change the server's state in one step")
    func exitWithEnding() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        world.wire.obey([ExitWithEnding { $0.payload == Array("exit".utf8) }])
        try pair.client.send("exit")
        let exit = try await world.wire.captured("the last word") { $0.text == "exit" }
        #expect(try pair.server.receiveNow() == .wouldBlock)
        try pair.client.close()
        #expect(try await pair.server.receive(5) == "exit<end>")
        let segments = try world.wire.segments
        let fin = try #require(segments.first { $0.segment.flags.contains(.fin) })
        let word = segments[exit.number]
        #expect(fin.deliveries.map { Sides($0.after) } == [Sides(.finWait1, .established)])
        #expect(word.deliveries.map { Sides($0.after) } == [Sides(.finWait1, .closeWait)])
        #expect(try #require(fin.arrival) < #require(word.arrival))
        #expect(fin.number > word.number)
    }

    @Test("lets the laboratory put in a RST, which ends the connection")
    func reset() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        try pair.client.send("one")
        #expect(try await pair.server.receive(3) == "one")
        let data = try await world.wire.captured("the data") { !$0.segment.payload.isEmpty }
        let reset = Segment(
            from: pair.connection.client, to: pair.connection.server, sequence: data.segment.end, flags: .rst)
        let number = try world.wire.inject(reset, from: .client)
        let captured = try world.wire.segments[number]
        #expect(captured.origin == .wire)
        #expect(captured.deliveries.map { Sides($0.before) } == [Sides(.established, .established)])
        #expect(captured.deliveries.map { Sides($0.after) } == [Sides(.established, .listen)])
        #expect(throws: SocketError(.recv, .connectionReset)) { try pair.server.receiveNow() }
    }

    @Test("forgets with a new beginning what crossed, which rules there were, and what they held")
    func beginAnew() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        world.wire.obey([MatchRule(from: .client, times: 1, .hold) { !$0.payload.isEmpty }])
        try pair.client.send("one")
        _ = try await world.wire.captured("the held one") { $0.fate == .held }
        world.wire.beginAnew()
        // What was held is lost, so the kernel sends it again.
        #expect(try await pair.server.receive(3) == "one")
        let first = try await world.wire.captured("the copy") { $0.text == "one" }
        #expect(first.number == 0)
        #expect(first.fate == .delivered)
    }

    @Test("asks the rules in order, and the first that answers decides")
    func order() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        world.wire.obey([
            MatchRule(from: .server, .drop) { !$0.payload.isEmpty },
            MatchRule(times: 1, .hold) { $0.payload == Array("one".utf8) },
            MatchRule(.drop) { $0.payload == Array("one".utf8) },
        ])
        try pair.client.send("one")
        let held = try await world.wire.captured("the held one") { $0.fate == .held }
        try world.wire.release(held.number)
        #expect(try await pair.server.receive(3) == "one")
        try pair.server.send("no")
        let dropped = try await world.wire.captured("the dropped answer") { $0.fate == .dropped }
        #expect(dropped.text == "no")
        #expect(try pair.client.receiveNow() == .wouldBlock)
    }
}
