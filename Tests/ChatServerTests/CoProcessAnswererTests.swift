import ChatProtocol
import TCPSockets
import Testing

@testable import ChatServer

@Suite("The co-processes of a loop", .timeLimit(.minutes(5)))
struct CoProcessAnswererTests {
    private let lines = CollectedLines()
    private let now = Moment.now

    /// One that may have no process at all, so that none is started here.
    private func answerer() throws -> CoProcessAnswerer {
        CoProcessAnswerer(try CoProcesses(command: "cat", maximum: 0), maximumAnswer: 100, logger: lines.logger)
    }

    private func connection(_ number: UInt16, hasSentFIN: Bool = false, askedAt: Moment) throws -> ClientConnection {
        let connection = ClientConnection(
            socket: try TCPSocket(.v4), token: UInt64(number) << 32, client: Endpoint(.loopbackV4, port: number),
            isServed: true, conversation: Conversation(closeOrder: .first), decoder: FrameDecoder(from: .client),
            now: now)
        _ = connection.conversation.received(.question)
        connection.pending.askedAt = askedAt
        if hasSentFIN { connection.note(.peerClosed) }
        return connection
    }

    private func close(_ connections: [ClientConnection]) {
        for connection in connections { if let socket = connection.takeSocket() { try? socket.close() } }
    }

    @Test("A process is not started at once, and where none can be had the question fails, and the log says why")
    func failure() throws {
        var answerer = try answerer()
        var poller = try Poller()
        let connection = try connection(1, askedAt: now)
        defer { close([connection]) }
        #expect(answerer.ask(connection, "?", &poller, now: now) == .pending)
        #expect(answerer.hasToStart)
        let started = answerer.startOne(&poller, now: now)
        #expect(started?.connection === connection)
        #expect(started?.outcome == .failed("the answering process did not start"))
        #expect(!answerer.hasToStart)
        #expect(lines.all == ["co-process: 0 answering processes are already running"])
        #expect(answerer.startOne(&poller, now: now) == nil)
    }

    @Test("Those who have sent FIN come last, until they have waited for two seconds")
    func order() throws {
        var answerer = try answerer()
        var poller = try Poller()
        let gone = try connection(1, hasSentFIN: true, askedAt: now)
        let others = try (2...4).map { try connection($0, askedAt: now) }
        defer { close([gone] + others) }
        for connection in [gone] + others { _ = answerer.ask(connection, "?", &poller, now: now) }
        #expect(answerer.startOne(&poller, now: now)?.connection === others[0])
        #expect(answerer.startOne(&poller, now: now + .milliseconds(1999))?.connection === others[1])
        #expect(answerer.startOne(&poller, now: now + .seconds(2))?.connection === gone)
        #expect(answerer.startOne(&poller, now: now + .seconds(2))?.connection === others[2])
    }

    @Test("None is started for a client that has gone, and a process that has ended is not replaced")
    func gone() throws {
        var answerer = try answerer()
        var poller = try Poller()
        let connection = try connection(1, askedAt: now)
        _ = answerer.ask(connection, "?", &poller, now: now)
        close([connection])
        #expect(answerer.startOne(&poller, now: now) == nil)
        #expect(lines.all.isEmpty)
        connection.pending.hasLostCoProcess = true
        #expect(answerer.ask(connection, "?", &poller, now: now) == .failed(CoProcess.ended))
        #expect(!answerer.hasToStart)
    }
}
