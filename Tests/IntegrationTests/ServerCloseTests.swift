import ChatProtocol
import TCPSockets
import Testing

@Suite("How the server closes", .serialized, .timeLimit(.minutes(5)))
struct ServerCloseTests {
    /// Returns once the server has handled everything that reached it before: its one loop takes turns.
    private func turn(of server: Server) async throws {
        let other = try await Peer.connect(to: server.endpoint)
        #expect(try await other.ask("your turn?") == .message(.answer("your turn?")))
        try other.close()
    }

    private func state(_ local: Endpoint, _ remote: Endpoint) throws -> TCPState? {
        try SocketTable.find(local: local, remote: remote)?.state
    }

    @Test("first: upon exit it closes at once, and TIME-WAIT is its own")
    func first() async throws {
        try await withServer(["--answer", "echo", "--close", "first"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("one")))
            try await peer.send(.exit)
            #expect(try await peer.next() == .endOfStream)
            #expect(peer.state == .closeWait)
            try peer.close()
            try await eventually("TIME-WAIT at the server, and nothing at the client") {
                try state(server.endpoint, peer.local) == .timeWait && state(peer.local, server.endpoint) == nil
            }
        }
    }

    @Test("last: upon exit it waits for the client's FIN, and TIME-WAIT is the client's")
    func last() async throws {
        try await withServer(["--answer", "echo", "--close", "last"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(.exit)
            try await turn(of: server)
            #expect(peer.state == .established)
            try peer.shutdownSending()
            #expect(try await peer.next() == .endOfStream)
            try peer.close()
            try await eventually("TIME-WAIT at the client, and nothing at the server") {
                try state(peer.local, server.endpoint) == .timeWait && state(server.endpoint, peer.local) == nil
            }
        }
    }

    @Test("never: the client's FIN leaves the server in CLOSE-WAIT, where it stays")
    func never() async throws {
        try await withServer(["--answer", "echo", "--close", "never"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(.exit)
            try await server.log.until("leaked")
            try peer.shutdownSending()
            try await turn(of: server)
            #expect(try state(server.endpoint, peer.local) == .closeWait)
        }
    }

    @Test("A leaked connection does not keep the server from ending")
    func leakedAtTheEnd() async throws {
        let server = try await withServer(["--answer", "echo", "--close", "never"]) { server in
            let client = try await runClient(server, input: "exit\n")
            #expect(client.status == 0)
            try await server.log.until("leaked")
        }
        #expect(server.status == 0)
    }

    @Test("--linger 0 makes its close a reset, behind every answer")
    func linger() async throws {
        try await withServer(["--answer", "echo", "--linger", "0"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("one")))
            try await peer.send(.exit)
            #expect(try await peer.next() == .reset)
            #expect(try state(server.endpoint, peer.local) == nil)
        }
    }

    @Test("A client that waits for the FIN says that it got a reset instead: exit code 74")
    func lingerSeenByClient() async throws {
        try await withServer(["--answer", "echo", "--linger", "0"]) { server in
            let client = try await runClient(server, ["--close", "passive"], input: "one\n")
            #expect(client.output == "one\n")
            #expect(
                client.errors == """
                    chat-client: the server reset the connection during the close: \
                    ECONNRESET (Connection reset by peer)

                    """)
            #expect(client.status == 74)
        }
    }

    @Test("--padding follows each answer with a frame of so many bytes")
    func padding() async throws {
        try await withServer(["--answer", "echo", "--padding", "5"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            for question in ["one", "two"] {
                #expect(try await peer.ask(question) == .message(.answer(question)))
                #expect(try await peer.next() == .message(.padding(5)))
            }
        }
    }
}
