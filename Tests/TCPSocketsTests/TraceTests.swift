import TCPSockets
import Testing

// A trace belongs to the whole process, so each of these has one of its own.
@Suite("The trace", .timeLimit(.minutes(5)))
struct TraceTests {
    @Test("shows each call with arguments, result and state, in order, and what was left out as null")
    func calls() async {
        await #expect(processExitsWith: .success) {
            let listener = try Listener()
            let log = TraceLog()
            log.start(.json)
            let socket = try Held()
            try socket.use { try $0.bind(to: .anyPort()) }
            #expect(throws: SocketError.self) { try socket.use { try $0.shutdownSending() } }
            _ = try socket.use { try $0.connect(to: listener.endpoint) }
            try socket.close()
            let lines = try log.decoded()
            #expect(lines.map(\.call) == [.socket, .bind, .shutdown, .connect, .close])
            let descriptor = TraceLine.Value.integer(Int(socket.descriptor))
            #expect(lines[0].arguments == ["family": .text("AF_INET")])
            #expect(lines[0].result == Int(socket.descriptor))
            #expect(lines[0].errno == nil && lines[0].state == .closed)
            #expect(lines[1].arguments == ["fd": descriptor, "address": .text("127.0.0.1:0")])
            #expect(lines[1].result == 0)
            #expect(lines[2].arguments == ["fd": descriptor, "how": .text("SHUT_WR")])
            #expect(lines[2].result == -1 && lines[2].errno == .notConnected && lines[2].state == .closed)
            #expect(lines[3].arguments == ["fd": descriptor, "address": .text("\(listener.endpoint)")])
            #expect(lines[4].arguments == ["fd": descriptor])
            #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.time <= $1.time })
        }
    }

    @Test("shows of a connection that is accepted who it is from, and its own state")
    func accept() async {
        await #expect(processExitsWith: .success) {
            let listener = try Listener()
            let client = try Held()
            try client.connect(to: listener.endpoint)
            let log = TraceLog()
            log.start(.json)
            let server = try listener.acceptNext()
            let accept = try #require(try log.decoded().last)
            #expect(accept.call == .accept4 && accept.result == Int(server.descriptor))
            let address = TraceLine.Value.text("\(try client.localEndpoint)")
            #expect(accept.arguments == ["fd": .integer(Int(listener.descriptor)), "address": address])
            #expect(accept.state == .established)
        }
    }

    @Test("shows after close() the state that the kernel keeps the connection in")
    func stateAfterClose() async {
        await #expect(processExitsWith: .success) {
            let pair = try Pair()
            let log = TraceLog()
            log.start(.json)
            try pair.client.use { try $0.shutdownSending() }
            // The peer's ACK is in, and its FIN will not come: nothing can change the state any more.
            let half = Sides(client: .finWait2, server: .closeWait)
            try #require(try pair.states(settledAt: half) == half)
            try pair.client.close()
            let close = try #require(try log.decoded().last)
            #expect(close.call == .close && close.result == 0)
            #expect(close.state == .finWait2)
            #expect(try pair.states == half)
        }
    }

    @Test("shows TIME-WAIT after the close() of one who sent FIN first, and CLOSED after a reset")
    func otherStates() async {
        await #expect(processExitsWith: .success) {
            let log = TraceLog()
            log.start(.json)
            let pair = try Pair()
            try pair.client.use { try $0.shutdownSending() }
            try #require(try pair.server.readToEnd().end == .fin)
            try pair.server.close()
            try #require(try pair.client.readToEnd().end == .fin)
            try pair.client.close()
            #expect(try log.decoded().last?.state == .timeWait)

            let other = try Pair()
            _ = try other.client.close(.reset)
            #expect(try log.decoded().last?.state == .closed)
        }
    }

    @Test("shows the value that getsockopt() read: why a connect() in progress failed, by its name")
    func pendingError() async {
        await #expect(processExitsWith: .success) {
            let nobody = try Held(boundTo: .anyPort())
            let log = TraceLog()
            let client = try Held()
            log.start(.json)
            let outcome = try? client.use { try $0.connect(to: try nobody.localEndpoint) }
            try #require(outcome == .inProgress)
            try #require(try wait(for: [.output(client.descriptor)], until: soon) == [0])
            #expect(try client.use { try $0.pendingError() } == .connectionRefused)
            #expect(try client.use { try $0.pendingError() } == nil)
            let reads = try log.decoded().filter { $0.call == .getsockopt && $0.text("option") == "SO_ERROR" }
            #expect(reads.map { $0.arguments["value"] } == [.text("ECONNREFUSED"), .integer(0)])
            #expect(reads.map(\.result) == [0, 0])
        }
    }

    @Test("tells an event among the calls, and costs nothing where there is no trace")
    func event() async {
        await #expect(processExitsWith: .success) {
            Trace.note("unseen", { preconditionFailure("built without a trace") }())
            let log = TraceLog()
            log.start(.json)
            Trace.note("conversation-over", ["address": .text("127.0.0.1:50001"), "code": .integer(5)])
            let line = try #require(try log.decoded().first)
            #expect(line.subject == .event("conversation-over"))
            #expect(line.arguments == ["address": .text("127.0.0.1:50001"), "code": .integer(5)])
        }
    }

    @Test("gives back errno as the call left it, and leaves out the socket table and the poller")
    func undisturbed() async {
        await #expect(processExitsWith: .success) {
            let log = TraceLog()
            log.start(.text)
            _ = try SocketTable().entries()
            var poller = try Poller()
            _ = try poller.wait(mayBlock: false)
            _ = try wait(for: [], until: .now)
            #expect(log.text == [])
            #expect(throws: SocketError(.getsockname, .badDescriptor)) {
                let socket = TCPSocket(owning: -1)
                let result = Result { try socket.localEndpoint() }
                socket.abandon()
                return try result.get()
            }
        }
    }

    @Test("as text shows a call as strace does, from 0.000000 on")
    func text() async {
        await #expect(processExitsWith: .success) {
            let log = TraceLog()
            log.start(.text)
            let socket = try Held()
            try socket.use { try $0.bind(to: .anyPort()) }
            #expect(log.text.first == "0.000000 socket(AF_INET) = \(socket.descriptor)  [CLOSED]")
            let bind = try #require(log.text.last)
            #expect(bind.hasSuffix(" bind(\(socket.descriptor), 127.0.0.1:0) = 0  [CLOSED]"))
        }
    }
}
