import TCPSockets
import Testing

@Suite("Each way to close, against the real server", .serialized, .timeLimit(.minutes(5)))
struct CloseStrategyTests {
    /// What is left of a connection when both programs have let go of it.
    enum Remains {
        case clientTimeWait, serverTimeWait, nothing
    }

    /// A way to close, with the server that makes its outcome certain.
    struct Case: CustomTestStringConvertible, Sendable {
        let strategy: CloseStrategy
        var serverCloses = "last"
        var flags: [String] = []
        let remains: Remains
        var testDescription: String { "\(strategy.rawValue), and the server closes \(serverCloses)" }
    }

    static let cases = [
        Case(strategy: .active, remains: .clientTimeWait),
        Case(strategy: .delay, remains: .clientTimeWait),
        Case(strategy: .delay, serverCloses: "first", flags: ["--close-delay", "1000"], remains: .serverTimeWait),
        Case(strategy: .passive, serverCloses: "first", remains: .serverTimeWait),
        Case(strategy: .halfClose, remains: .clientTimeWait),
        Case(strategy: .linger, remains: .clientTimeWait),
        Case(strategy: .dontLinger, remains: .clientTimeWait),
        Case(strategy: .reset, remains: .nothing),
        Case(strategy: .unread, remains: .nothing),
        Case(strategy: .disconnect, remains: .nothing),
        Case(strategy: .reset, serverCloses: "never", remains: .nothing),
    ]

    @Test("every strategy has a case here; abandon, which leaves nothing to look at, has a test of its own")
    func complete() {
        #expect(Set(Self.cases.map(\.strategy)) == Set(CloseStrategy.allCases).subtracting([.abandon]))
    }

    @Test("exit reaches the server, the exit code is 0, and TIME-WAIT is where it should be", arguments: cases)
    func remains(_ subject: Case) async throws {
        let port = try unusedPort()
        try await withServer(["--answer", "echo", "--close", subject.serverCloses]) { server in
            let flags = ["--close", subject.strategy.rawValue, "--local-port", "\(port)", "--aftermath"]
            let client = try await runClient(server, flags + subject.flags, input: "one\ntwo\n")
            #expect(client.output == "one\ntwo\n")
            #expect(client.status == 0)
            try await server.log.until(subject.serverCloses == "never" ? "leaked" : "ending=exit")
            try await check(subject.remains, from: port, to: server.endpoint, client.errors)
        }
    }

    private func check(_ remains: Remains, from port: UInt16, to remote: Endpoint, _ aftermath: String) async throws {
        let local = Endpoint(.loopbackV4, port: port)
        if remains == .clientTimeWait {
            #expect(aftermath.contains(/^\S+ → \S+ TIME-WAIT, \d\d?\.\d s left\n$/))
            #expect(aftermath.hasPrefix("\(local) → \(remote) "))
        } else {
            #expect(aftermath == "\(local) → \(remote) CLOSED: nothing is left\n")
        }
        // The last acknowledgement may still be on its way.
        try await eventually("\(remains)") {
            let here = try SocketTable.find(local: local, remote: remote)?.state
            let there = try SocketTable.find(local: remote, remote: local)?.state
            return switch remains {
            case .clientTimeWait: here == .timeWait && there == nil
            case .serverTimeWait: here == nil && there == .timeWait
            case .nothing: here == nil && there == nil
            }
        }
    }

    @Test("abandon leaves closing to the kernel and says so")
    func abandon() async throws {
        let port = try unusedPort()
        try await withServer(["--answer", "echo", "--close", "last"]) { server in
            let client = try await runClient(
                server, ["--close", "abandon", "--local-port", "\(port)", "--aftermath"], input: "one\n")
            #expect(
                client.errors
                    == "127.0.0.1:\(port) → \(server.endpoint): the kernel closes it when this process ends\n")
            #expect(client.output == "one\n")
            #expect(client.status == 0)
            try await server.log.until("ending=exit")
            try await eventually("TIME-WAIT") {
                let local = Endpoint(.loopbackV4, port: port)
                return try SocketTable.find(local: local, remote: server.endpoint)?.state == .timeWait
            }
        }
    }

    @Test(
        "Every way ends the conversation with exit against a server that closes at once",
        arguments: CloseStrategy.allCases)
    func againstFirst(_ strategy: CloseStrategy) async throws {
        try await withServer(["--answer", "echo", "--close", "first"]) { server in
            let client = try await runClient(server, ["--close", strategy.rawValue], input: "one\ntwo\n")
            #expect(client.output == "one\ntwo\n")
            #expect(client.status == 0)
            try await server.log.until("ending=exit")
        }
    }

    @Test(
        "What waits for the server's FIN waits no longer than it was told, says so, and closes first",
        arguments: [CloseStrategy.passive, .halfClose])
    func timesOut(_ strategy: CloseStrategy) async throws {
        try await withServer(["--answer", "echo", "--close", "never"]) { server in
            let flags = ["--close", strategy.rawValue, "--close-timeout", "0.2"]
            let client = try await runClient(server, flags, input: "one\n")
            #expect(client.errors == "chat-client: the server did not close within 0.2 s; closing first\n")
            #expect(client.output == "one\n")
            #expect(client.status == 0)
            try await server.log.until("leaked")
        }
    }

    @Test("unread resets with the server's padding unread, and every answer is read all the same")
    func unreadPadding() async throws {
        let port = try unusedPort()
        try await withServer(["--answer", "echo", "--close", "last", "--padding", "100"]) { server in
            let client = try await runClient(
                server, ["--close", "unread", "--local-port", "\(port)", "--aftermath"], input: "one\ntwo\nthree\n")
            #expect(client.output == "one\ntwo\nthree\n")
            #expect(client.errors == "127.0.0.1:\(port) → \(server.endpoint) CLOSED: nothing is left\n")
            #expect(client.status == 0)
            try await server.log.until("ending=exit")
        }
    }
}
