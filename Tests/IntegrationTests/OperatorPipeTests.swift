import ChatProtocol
import Testing

@Suite("An operator behind a pipe", .serialized, .timeLimit(.minutes(5)))
struct OperatorPipeTests {
    /// Asks, and returns once the question has reached the operator: one loop takes turns.
    private func ask(_ question: String, _ server: Server) async throws -> Peer {
        let peer = try await Peer.connect(to: server.endpoint)
        try await peer.send(.question(question))
        let other = try await Peer.connect(to: server.endpoint)
        try await other.send([0, 0, 0, 0])
        #expect(try await other.next().errorCode == .frameTooLarge)
        return peer
    }

    @Test("Each line answers the next question")
    func lines() async throws {
        try await withServer(["--answer", "operator"], input: "first\n\nGrüße\r\n") { server in
            let client = try await runClient(server, input: "one\ntwo\nthree\n")
            #expect(client.output == "first\n\nGrüße\n")
            #expect(client.status == 0)
        }
    }

    @Test("Questions of two clients are answered in the order in which they came")
    func order() async throws {
        try await withServer(["--answer", "operator"]) { server in
            let first = try await ask("one", server)
            let second = try await ask("two", server)
            try server.program.type("answer one\nanswer two\n")
            #expect(try await first.next() == .message(.answer("answer one")))
            #expect(try await second.next() == .message(.answer("answer two")))
        }
    }

    @Test("A line is not spent on a client that has gone")
    func withdrawn() async throws {
        try await withServer(["--answer", "operator"]) { server in
            let first = try await ask("one", server)
            let second = try await ask("two", server)
            try first.reset()
            try await server.log.contains("client=\(first.local) ending=reset")
            try server.program.type("answer\n")
            #expect(try await second.next() == .message(.answer("answer")))
        }
    }

    @Test("When the input ends, the question that waits and those that come later get error 9")
    func endOfInput() async throws {
        try await withServer(["--answer", "operator"], input: "only\n") { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("only")))
            #expect(
                try await peer.ask("two")
                    == .message(.error(.answererFailed, "the operator's input has ended")))
            let later = try await Peer.connect(to: server.endpoint)
            #expect(
                try await later.ask("three")
                    == .message(.error(.answererFailed, "the operator's input has ended")))
        }
    }

    @Test("A line that is not UTF-8 is error 9 for the question that it would have answered")
    func notUTF8() async throws {
        try await withServer(["--answer", "operator"]) { server in
            let first = try await ask("one", server)
            let second = try await ask("two", server)
            try server.program.type([0xFF, 0x0A] + Array("good\n".utf8))
            #expect(try await first.next() == .message(.error(.answererFailed, "the answer is not UTF-8")))
            #expect(try await second.next() == .message(.answer("good")))
        }
    }

    @Test("Standard output has the address and nothing else")
    func standardOutput() async throws {
        let server = try await withServer(["--answer", "operator"], input: "answer\n") { server in
            let client = try await runClient(server, input: "one\n")
            #expect(client.output == "answer\n")
        }
        #expect(server.lines.count == 1)
        #expect(server.output.hasPrefix("listening on 127.0.0.1:"))
    }
}
