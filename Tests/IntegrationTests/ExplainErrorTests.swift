import ChatProtocol
import Glibc
import TCPSockets
import Testing

@Suite("chat-lab explain, beside connections that fail", .serialized, .timeLimit(.minutes(5)))
struct ExplainErrorTests {
    @Test("ECONNREFUSED: nothing has the port")
    func refused() async throws {
        let port = "\(try unusedPort())"
        #expect(try await runClient(port).errors.contains("ECONNREFUSED"))
        let explanation = try await explain("ECONNREFUSED", port)
        #expect(explanation.status == 0)
        #expect(explanation.output.contains("Nothing has it"))
    }

    @Test("ECONNRESET: a server that resets, and still listens")
    func reset() async throws {
        let server = try FakeServer()
        let client = try await withProgram(clientCommand(server.port)) { client in
            let peer = try await server.accept()
            try client.type("one\n")
            _ = try await peer.next()
            try peer.reset()
        }
        #expect(client.errors.contains("ECONNRESET"))
        let explanation = try await explainOwn("ECONNRESET", server.port)
        #expect(explanation.status == 69)
        #expect(explanation.output.contains("\(server.endpoint) LISTEN, held by "))
    }

    @Test("EPIPE: a send() after a RST was reported")
    func brokenPipeAfterReset() async throws {
        let server = try FakeServer()
        let client = try await Peer.connect(to: server.endpoint)
        try await server.accept().reset()
        #expect(try await client.next() == .reset)
        try await expectBrokenPipe(client, server)
    }

    @Test("EPIPE: a send() after the peer closed, and answered the last one with a RST")
    func brokenPipeAfterClose() async throws {
        let server = try FakeServer()
        let client = try await Peer.connect(to: server.endpoint)
        try await server.accept().close()
        #expect(try await client.next() == .endOfStream)
        #expect(client.state == .closeWait)
        try await client.send(.question("one"))
        try await eventually(is: .closed) { client.state }
        try await expectBrokenPipe(client, server)
    }

    private func expectBrokenPipe(_ client: Peer, _ server: FakeServer) async throws {
        let error = await #expect(throws: SocketError.self) { try await client.send(.question("two")) }
        #expect(error?.errno == .brokenPipe)
        #expect(error?.call == .send)
        let explanation = try await explainOwn("EPIPE", server.port)
        #expect(explanation.status == 69)
        #expect(explanation.output.contains("chat-lab run reset-in-each-state"))
        #expect(explanation.output.contains("\(server.endpoint) LISTEN, held by "))
    }

    @Test("ETIMEDOUT: a listener that answers no SYN, because its queue is full")
    func timedOut() async throws {
        // A queue of length 0 has room for one; what the kernel gets after that it drops.
        let server = try FakeServer(backlog: 0)
        let first = try await Peer.connect(to: server.endpoint)
        let client = try await runClient(server.port, ["--connect-timeout", "1"])
        #expect(client.status == 69)
        #expect(client.errors.contains("ETIMEDOUT"))
        let explanation = try await explainOwn("ETIMEDOUT", server.port)
        #expect(explanation.status == 69)
        #expect(explanation.output.contains("\(server.endpoint) LISTEN, held by "))
        try first.close()
    }

    @Test(
        "ETIMEDOUT: the kernel gives up when its SYN has come again so often",
        .enabled(if: geteuid() == 0, "needs root to make a network namespace"))
    func synRetries() async throws {
        let script = """
            client, lab = sys.argv[1:3]
            setting("net/ipv4/tcp_syn_retries", "1")
            try:
                setting("net/ipv4/tcp_syn_linear_timeouts", "0")
            except FileNotFoundError:
                pass
            listener = socket.socket()
            listener.bind(("127.0.0.1", 7000))
            listener.listen(0)
            first = socket.create_connection(("127.0.0.1", 7000))
            status, errors = ask(client, "--connect-timeout", "1000")
            assert "ETIMEDOUT" in errors, errors
            print(status)
            run = subprocess.run([lab, "explain", "ETIMEDOUT", "--port", "7000"], capture_output=True, text=True)
            print(run.stdout)
            sys.exit(run.returncode)
            """
        let run = try await withNamespace(script, product("chat-client"), product("chat-lab"))
        #expect(run.errors == "")
        #expect(run.status == 69)
        #expect(run.output.hasPrefix("69\n"))
        let answer = try #require(run.output.firstRange(of: "127.0.0.1:7000 LISTEN, held by "))
        let topic = try #require(run.output.firstRange(of: "\nETIMEDOUT (error)\n"))
        #expect(answer.upperBound < topic.lowerBound)
    }
}
