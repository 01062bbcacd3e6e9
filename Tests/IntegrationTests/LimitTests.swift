import ChatProtocol
import Glibc
import TCPSockets
import Testing

@Suite("Limits of the server", .serialized, .timeLimit(.minutes(5)))
struct LimitTests {
    @Test("--max-clients: one more is told that the server is busy, and served once another has left")
    func maxClients() async throws {
        try await withServer(["--answer", "echo", "--max-clients", "2"]) { server in
            let first = try await Peer.connect(to: server.endpoint)
            let second = try await Peer.connect(to: server.endpoint)
            #expect(try await first.ask("one") == .message(.answer("one")))
            #expect(try await second.ask("two") == .message(.answer("two")))

            let third = try await Peer.connect(to: server.endpoint)
            #expect(try await third.next() == .message(.error(.busy, "2 clients are being served")))
            #expect(try await third.next() == .endOfStream)
            #expect(try await first.ask("still?") == .message(.answer("still?")))
            try second.close()
            try await server.log.contains("client=\(second.local) ending=end of stream")

            let fourth = try await Peer.connect(to: server.endpoint)
            #expect(try await fourth.ask("four") == .message(.answer("four")))
        }
    }

    @Test("--max-clients: the client program calls it busy and leaves with exit code 69")
    func busyClient() async throws {
        try await withServer(["--answer", "echo", "--max-clients", "1"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("one")))
            let client = try await withProgram(clientCommand(server.port)) { try await $0.errors.until("\n") }
            #expect(client.errors == "chat-client: the server refused: busy: 1 client is being served\n")
            #expect(client.status == 69)
        }
    }

    @Test("--allow: others are told that they may not talk to the server")
    func notAllowed() async throws {
        try await withServer(["--answer", "echo", "--allow", "192.0.2.0/24"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            let refusal = Message.error(.notAllowed, "\(peer.local) may not talk to this server")
            #expect(try await peer.next() == .message(refusal))
            #expect(try await peer.next() == .endOfStream)
        }
    }

    @Test(
        "--allow: an address, a network or a fixed port lets in",
        arguments: ["127.0.0.1", "127.0.0.0/8", "0.0.0.0/0", "PORT"])
    func allowed(_ rule: String) async throws {
        let port = try unusedPort()
        let rule = rule == "PORT" ? "127.0.0.1:\(port)" : rule
        try await withServer(["--answer", "echo", "--allow", "192.0.2.1", "--allow", rule]) { server in
            let client = try await runClient(server, ["--local-port", "\(port)"], input: "one\n")
            #expect(client.output == "one\n")
            #expect(client.status == 0)
        }
    }

    @Test("--allow with a port keeps out the same address with another port: exit code 77")
    func wrongPort() async throws {
        let port = try unusedPort()
        try await withServer(["--answer", "echo", "--allow", "127.0.0.1:\(port)"]) { server in
            let client = try await withProgram(clientCommand(server.port)) { try await $0.errors.until("\n") }
            #expect(client.errors.hasPrefix("chat-client: the server refused: not allowed: 127.0.0.1:"))
            #expect(client.status == 77)
        }
    }

    @Test("--max-per-address: one more of the same address is told that it is busy, and another address is served")
    func maxPerAddress() async throws {
        try await withServer(["--answer", "echo", "--max-per-address", "1"]) { server in
            let first = try await Peer.connect(to: server.endpoint)
            #expect(try await first.ask("one") == .message(.answer("one")))
            let second = try await Peer.connect(to: server.endpoint)
            #expect(try await second.next() == .message(.error(.busy, "1 client is being served from your address")))
            let elsewhere = Endpoint(try #require(IPAddress("127.0.0.2")), port: 0)
            let other = try await Peer.connect(to: server.endpoint, from: elsewhere)
            #expect(try await other.ask("two") == .message(.answer("two")))
            try first.close()
            try await server.log.contains("client=\(first.local) ending=end of stream")
            let third = try await Peer.connect(to: server.endpoint)
            #expect(try await third.ask("three") == .message(.answer("three")))
        }
    }

    @Test(
        "--answer-timeout: an answer that does not come in time is error 9, whoever answers",
        arguments: ["exec:exec sleep 1000", "operator"])
    func answerTimeout(answer: String) async throws {
        try await withServer(["--answer", answer, "--answer-timeout", "0.2"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.error(.answererFailed, "no answer came in time")))
            #expect(try await peer.next() == .endOfStream)
        }
    }

    @Test("--answer-timeout is no matter to a client that asks nothing")
    func answerTimeoutOfSilence() async throws {
        let flags = ["--answer", "exec:cat", "--answer-timeout", "3", "--idle-timeout", "4"]
        try await withServer(flags) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("one")))
            #expect(try await peer.next().errorCode == .idleTooLong)
        }
    }

    @Test("A server that was stopped for longer than --idle-timeout finds no client silent whose question has come")
    func stopped() async throws {
        try await withServer(["--answer", "echo", "--idle-timeout", "0.5"]) { server in
            let peers = try await connected(server, count: 20)
            server.program.signal(SIGSTOP)
            try await eventually("its stop") { try ProcessState(process: server.process).isStopped }
            for peer in peers { try await peer.send(.question("in time")) }
            // The time that is to pass is the subject.
            try await Task.sleep(for: .seconds(1))
            server.program.signal(SIGCONT)
            for peer in peers { #expect(try await peer.next() == .message(.answer("in time"))) }
        }
    }

    private func connected(_ server: Server, count: Int) async throws -> [Peer] {
        var peers: [Peer] = []
        for _ in 0..<count {
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("one")))
            peers.append(peer)
        }
        return peers
    }

    @Test("--idle-timeout: a silent client is told so, and closed")
    func idle() async throws {
        try await withServer(["--answer", "echo", "--idle-timeout", "0.2"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("one")))
            #expect(try await peer.next() == .message(.error(.idleTooLong, "no question came in time")))
            #expect(try await peer.next() == .endOfStream)
            try peer.close()
            try await server.log.until("ending=refused: idle too long")
        }
    }

    @Test("--idle-timeout: a byte now and then is silence too")
    func slowLoris() async throws {
        try await withServer(["--answer", "echo", "--idle-timeout", "0.3"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            var event: Peer.Event?
            for byte in Frame.bytes(of: .question(String(repeating: "x", count: 1000))) where event == nil {
                try await peer.send([byte])
                event = try? await peer.next(within: .milliseconds(20))
            }
            #expect(event == .message(.error(.idleTooLong, "no question came in time")))
        }
    }

    @Test("--max-frame: a question that just fits is answered, and a longer one refused as soon as its length is there")
    func maxFrame() async throws {
        try await withServer(["--answer", "echo", "--max-frame", "10"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("123456789") == .message(.answer("123456789")))
            try await peer.send([0, 0, 0, 11])
            let reason = "a frame of length 11, above the limit of 10"
            #expect(try await peer.next() == .message(.error(.frameTooLarge, reason)))
            #expect(try await peer.next() == .endOfStream)
        }
    }

    @Test("--max-frame 16777216: a question of 16 MiB comes back")
    func largestFrame() async throws {
        let question = String(repeating: "0123456789abcdef", count: 1 << 20).dropLast()
        try await withServer(["--answer", "echo", "--max-frame", "16777216"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask(String(question)) == .message(.answer(String(question))))
        }
    }
}
