import Glibc
import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import Stories
@testable import TestSupport

@Suite(
    "In a world that is broken on purpose", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"),
    .serialized,
    .timeLimit(.minutes(5)))
struct BrokenWorldTests {
    @Test(
        "a server that never closes leaves the client in FIN-WAIT-2, and nobody in TIME-WAIT",
        arguments: [CloseStrategy.active, .delay, .passive, .halfClose, .linger, .dontLinger, .abandon])
    func serverNeverCloses(_ close: CloseStrategy) async throws {
        var cell = Cell()
        (cell.close, cell.serverClose) = (close, .never)
        let recording = try await run(cell, in: try await World(), try Chat())
        let outcome = try Outcome(recording)
        #expect(Sides(recording.aftermath) == Sides(.finWait2, .closeWait))
        #expect(outcome.firstToClose == .client)
        #expect(outcome.timeWait == .none)
        #expect(outcome.ending == .fin)
        #expect(outcome.serverSaw == .exit)
        #expect(outcome.bytesLost == 0)
        // The kernel keeps the client's end, so its port is not to be had.
        #expect(outcome.reconnect == .init(bind: .failed(.addressInUse), connect: nil))
    }

    @Test(
        "a server that never closes is reset like any other",
        arguments: [(CloseStrategy.reset, .lingerZero), (.unread, .unreadData), (.disconnect, nil)]
            as [(CloseStrategy, ResetCause?)])
    func serverNeverClosesAndIsReset(_ close: CloseStrategy, _ cause: ResetCause?) async throws {
        var cell = Cell()
        (cell.close, cell.serverClose) = (close, .never)
        let recording = try await run(cell, in: try await World(), try Chat())
        let outcome = try Outcome(recording)
        #expect(Sides(recording.aftermath) == Sides(.closed, .listen))
        #expect(outcome.firstToClose == .client)
        #expect(outcome.timeWait == .none)
        #expect(outcome.ending == .rst)
        #expect(outcome.resetCause == cause)
        #expect(outcome.serverSaw == .exit)
        #expect(outcome.reconnect.succeeded)
    }

    @Test("a client that is killed in the midst of a conversation has its connection closed by its kernel")
    func clientKilled() async throws {
        let world = try await World()
        let chat = try Chat()
        try await world.withServer(chat) { server async throws in
            let client = try await world.converse(chat, with: server.endpoint, []) { $0.signal(SIGKILL) }
            #expect(client.status == 137)
            let local = try #require(client.calls.first { $0.call == .getsockname }?.address)
            #expect(try await server.ending(of: local) == .endOfStream)
        }
    }

    @Test("a cell whose client is killed has no outcome, but an error that says so")
    func clientOfCellKilled() async throws {
        let world = try await World()
        let killer = Task {
            let question = try await world.wire.captured("the question") { !$0.segment.payload.isEmpty }
            let inode = try #require(question.states.client?.inode)
            kill(try #require(SocketOwner.find(inode: inode)).process, SIGKILL)
        }
        world.wire.obey([])
        let error = await #expect(throws: LaboratoryError.self) {
            var cell = Cell()
            // It waits, so that there is somebody to be killed.
            cell.close = .delay
            cell.serverClose = .last
            return try await run(cell, in: world, try Chat())
        }
        try await killer.value
        #expect(
            error?.description
                == "explicit-delay-server-last: the first conversation failed: chat-client ended with 137")
    }

    @Test("a wire that carries nothing makes an error that says so, and soon")
    func deadWire() async throws {
        let world = try await World()
        let start = ContinuousClock.now
        world.wire.stop()
        let error = await #expect(throws: LaboratoryError.self) {
            try await run(Cell(), in: world, try Chat())
        }
        #expect(error?.description.hasPrefix("explicit-active: the first conversation failed: ") == true)
        #expect(error?.description.contains("ETIMEDOUT") == true)
        #expect(ContinuousClock.now - start < .seconds(40))
    }

    @Test("a wire that drops everything makes the client give up, and keeps what it dropped")
    func droppingWire() async throws {
        let world = try await World()
        let chat = try Chat()
        world.wire.obey([MatchRule(.drop) { _ in true }])
        let server = Endpoint(world.server.address(.v4), port: Chat.port)
        let client = try await world.converse(chat, with: server, ["--connect-timeout", "0.3"])
        #expect(client.status != 0)
        #expect(client.attempt == Outcome.Reconnect(bind: .notCalled, connect: .noAnswer))
        #expect(client.lines.isEmpty)
        #expect(try world.wire.segments.map(\.fate) == [.dropped])
        #expect(try world.wire.segments.map(\.segment.flags) == [.syn])
    }

    @Test("a wire that is cut in the midst of a conversation makes an error within a bounded time")
    func cutWire() async throws {
        let world = try await World()
        let start = ContinuousClock.now
        let knife = Task {
            _ = try await world.wire.captured("the question") { !$0.segment.payload.isEmpty }
            world.wire.stop()
        }
        let error = await #expect(throws: NotSeen.self) { try await run(Cell(), in: world, try Chat()) }
        try await knife.value
        #expect(error?.what.isEmpty == false)
        #expect(ContinuousClock.now - start < .seconds(40))
    }

    @Test("a server that does not come up says why")
    func serverDoesNotListen() async throws {
        let world = try await World()
        let error = await #expect(throws: LaboratoryError.self) {
            try await world.withServer(try Chat(), .v4, ["--padding", "99999999"]) { _ in }
        }
        #expect(error?.description.hasPrefix("chat-server does not listen: [") == true)
        #expect(error?.description.contains("--padding must be") == true)
    }

    @Test("programs that are not there are named")
    func noPrograms() {
        let error = #expect(throws: LaboratoryError.self) { try Chat(folder: "/no/such/folder") }
        #expect(error?.description == "/no/such/folder/chat-server does not exist; build it first: swift build")
    }
}
