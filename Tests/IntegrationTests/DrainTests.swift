import ChatProtocol
import Glibc
import TCPSockets
import Testing

@Suite("How a server ends", .serialized, .timeLimit(.minutes(5)))
struct DrainTests {
    @Test("An answer in hand is delivered, the others are told, and nobody new gets in", arguments: [SIGTERM, SIGINT])
    func answerInHand(signal: CInt) async throws {
        let server = try await withServer(["--answer", "operator"], endedBy: nil) { server in
            let asking = try await Peer.connect(to: server.endpoint)
            try await asking.send(.question("one"))
            // The error shows that the question is with the operator: one loop, in turns.
            let idle = try await Peer.connect(to: server.endpoint)
            try await idle.send([0, 0, 0, 1, 9])
            #expect(try await idle.next().errorCode == .unknownKind)
            let silent = try await Peer.connect(to: server.endpoint)
            try await server.hasTaken(silent)

            server.program.signal(signal)
            #expect(try await silent.next().errorCode == .shuttingDown)
            #expect(try await silent.next() == .endOfStream)
            try silent.close()
            await #expect(throws: SocketError.self) { try await Peer.connect(to: server.endpoint) }

            try server.program.type("answer one\n")
            #expect(try await asking.next() == .message(.answer("answer one")))
            #expect(try await asking.next().errorCode == .shuttingDown)
            #expect(try await asking.next() == .endOfStream)
            try asking.close()
        }
        #expect(server.errors.contains("ending=refused: shutting down"))
        #expect(server.output.split(separator: "\n").count == 1)
    }

    @Test("--drain-timeout bounds the wait for an answer, and who waits for it is told")
    func timeout() async throws {
        try await withServer(["--answer", "operator", "--drain-timeout", "0.2"]) { server in
            let asking = try await Peer.connect(to: server.endpoint)
            try await asking.send(.question("one"))
            try await turn(of: server)
            server.program.signal(SIGTERM)
            #expect(try await asking.next().errorCode == .shuttingDown)
            #expect(try await asking.next() == .endOfStream)
        }
    }

    @Test("A second signal ends the wait for answers at once")
    func secondSignal() async throws {
        try await withServer(["--answer", "operator", "--drain-timeout", "1000"]) { server in
            let asking = try await Peer.connect(to: server.endpoint)
            try await asking.send(.question("one"))
            try await turn(of: server)
            server.program.signal(SIGTERM)
            try await server.log.until("shutting down")
            server.program.signal(SIGTERM)
            #expect(try await asking.next().errorCode == .shuttingDown)
        }
    }

    /// Returns once the server has handled everything that reached it before.
    private func turn(of server: Server) async throws {
        let other = try await Peer.connect(to: server.endpoint)
        try await other.send([0, 0, 0, 0])
        #expect(try await other.next() == .message(.error(.frameTooLarge, "a frame of length 0")))
        try other.close()
        try await server.log.contains("client=\(other.local) ending=")
    }

    @Test("The client program says that the server is shutting down, and leaves with exit code 69")
    func client() async throws {
        try await withServer { server in
            let client = try await withProgram(clientCommand(server.port)) { client in
                try client.type("one\n")
                try await client.output.until("one\n")
                server.program.signal(SIGTERM)
                try await client.errors.until("\n")
            }
            #expect(client.errors.hasPrefix("chat-client: the server refused: shutting down"))
            #expect(client.status == 69)
        }
    }

    @Test("Several loops drain as one does")
    func loops() async throws {
        try await withServer(["--answer", "echo", "--loops", "4"]) { server in
            var peers: [Peer] = []
            for number in 1...12 {
                let peer = try await Peer.connect(to: server.endpoint)
                #expect(try await peer.ask("\(number)") == .message(.answer("\(number)")))
                peers.append(peer)
            }
            server.program.signal(SIGTERM)
            for peer in peers {
                #expect(try await peer.next().errorCode == .shuttingDown)
                #expect(try await peer.next() == .endOfStream)
                try peer.close()
            }
        }
    }
}
