import ChatProtocol
import Testing

@Suite("A server that does what it must not", .serialized, .timeLimit(.minutes(5)))
struct BadServerTests {
    /// Runs a client that asks one question, and answers with the given behaviour.
    private func client(
        input: String = "hello\n", against behave: (Peer) async throws -> Void
    ) async throws -> Finished {
        let server = try FakeServer()
        return try await withProgram(clientCommand(server.port)) { client in
            let peer = try await server.accept()
            try client.type(input)
            #expect(try await peer.next() == .message(.question("hello")))
            try await behave(peer)
            // The client goes first, as far as anything is left to close: what is read here is its end.
            _ = try? await client.output.end()
        }
    }

    struct Violation: CustomTestStringConvertible, Sendable {
        let bytes: [UInt8]
        let message: String
        var testDescription: String { message }
    }

    static let violations = [
        Violation(bytes: [0, 0, 0, 0], message: "a frame of length 0"),
        Violation(bytes: [0xFF, 0xFF, 0xFF, 0xFF], message: "a frame of length 4294967295, above the limit of 65536"),
        Violation(bytes: [0, 1, 0, 1], message: "a frame of length 65537, above the limit of 65536"),
        Violation(
            bytes: Array("HTTP/1.1 400 Bad Request\r\n".utf8),
            message: "a frame of length 1213486160, above the limit of 65536"),
        Violation(bytes: [0, 0, 0, 9, 8], message: "a frame of the unknown kind 8"),
        Violation(
            bytes: Frame.bytes(of: .question("and you?")),
            message: "a frame of kind question, which only a client sends"),
        Violation(bytes: Frame.bytes(of: .exit), message: "a frame of kind exit, which only a client sends"),
        Violation(bytes: [0, 0, 0, 2, 2, 0xFF], message: "a frame of kind answer whose text is not UTF-8"),
        Violation(bytes: [0, 0, 0, 2, 4, 0], message: "a frame of kind error with a body that it cannot have"),
    ]

    @Test("What breaks the protocol is named, and the exit code is 65", arguments: violations)
    func violation(_ violation: Violation) async throws {
        let client = try await client { try await $0.send(violation.bytes) }
        #expect(client.errors == "chat-client: the server broke the protocol: it sent \(violation.message)\n")
        #expect(client.output == "")
        #expect(client.status == 65)
    }

    @Test("An answer that nobody asked for breaks the protocol")
    func unasked() async throws {
        let client = try await client {
            try await $0.send(Frame.bytes(of: .answer("one")) + Frame.bytes(of: .answer("two")))
        }
        #expect(client.errors.hasPrefix("chat-client: the server broke the protocol: it sent "))
        #expect(client.output == "one\n")
        #expect(client.status == 65)
    }

    @Test("An answer before what breaks the protocol is shown, although both come in one segment")
    func answerBeforeViolation() async throws {
        let client = try await client { try await $0.send(Frame.bytes(of: .answer("one")) + [0, 0, 0, 9, 8]) }
        #expect(client.output == "one\n")
        #expect(
            client.errors == "chat-client: the server broke the protocol: it sent a frame of the unknown kind 8\n")
        #expect(client.status == 65)
    }

    @Test("A challenge is answered by leaving, with what to do: exit code 77")
    func challenge() async throws {
        let challenge = try #require(Challenge(repeatElement(7, count: 32)))
        let client = try await client { try await $0.send(.challenge(challenge)) }
        #expect(client.output == "")
        #expect(client.errors.hasPrefix("chat-client: the server asks who you are: "))
        #expect(client.status == 77)
    }

    @Test("A challenge that is not the first frame breaks the protocol: exit code 65")
    func lateChallenge() async throws {
        let challenge = try #require(Challenge(repeatElement(7, count: 32)))
        let client = try await client {
            try await $0.send(Frame.bytes(of: .answer("one")) + Frame.bytes(of: .challenge(challenge)))
        }
        #expect(client.output == "one\n")
        #expect(client.errors.hasSuffix("it sent a frame of kind challenge that nothing asked for\n"))
        #expect(client.status == 65)
    }

    @Test("An answer behind an error frame is not shown")
    func answerAfterError() async throws {
        let client = try await client {
            try await $0.send(Frame.bytes(of: .error(.idleTooLong, "")) + Frame.bytes(of: .answer("one")))
        }
        #expect(client.output == "")
        #expect(client.errors == "chat-client: the server refused: idle too long\n")
        #expect(client.status == 74)
    }

    @Test(
        "An error frame is shown with its code and its text, and decides the exit code",
        arguments: [
            (1, 65, "frame too large"), (2, 65, "unknown kind"), (3, 65, "not UTF-8"), (4, 65, "out of place"),
            (5, 69, "busy"), (6, 77, "not allowed"), (7, 74, "idle too long"), (8, 69, "shutting down"),
            (9, 69, "answerer failed"), (99, 65, "error 99"),
        ] as [(UInt16, CInt, String)])
    func errorFrame(code: UInt16, status: CInt, name: String) async throws {
        let client = try await client {
            try await $0.send(.error(ErrorCode(rawValue: code), "because\u{1B}[2J"))
        }
        #expect(client.errors == "chat-client: the server refused: \(name): because^[[2J\n")
        #expect(client.status == status)
    }

    @Test("A server that closes instead of answering has left the question unanswered: exit code 74")
    func closedUnanswered() async throws {
        let client = try await client { try $0.close() }
        #expect(
            client.errors == "chat-client: the server closed the connection (FIN) and left 1 question unanswered\n")
        #expect(client.status == 74)
    }

    @Test("A server that closes after an answer is reported although standard input is open: exit code 74")
    func closedFirst() async throws {
        let client = try await client {
            try await $0.send(.answer("hello"))
            try $0.close()
        }
        #expect(client.errors == "chat-client: the server closed the connection (FIN, after a whole frame)\n")
        #expect(client.output == "hello\n")
        #expect(client.status == 74)
    }

    @Test("A server that closes inside a frame has truncated it: exit code 74", arguments: [1, 4, 5, 9])
    func truncated(after count: Int) async throws {
        let client = try await client {
            try await $0.send(Array(Frame.bytes(of: .answer("hello"))[..<count]))
            try $0.close()
        }
        #expect(
            client.errors
                == "chat-client: the server closed the connection (FIN) inside a frame: the last answer is truncated\n")
        #expect(client.output == "")
        #expect(client.status == 74)
    }

    @Test("A server that resets is told apart from one that closes: exit code 74")
    func reset() async throws {
        let client = try await client { try $0.reset() }
        #expect(
            client.errors
                == "chat-client: the server reset the connection (RST): recv: ECONNRESET (Connection reset by peer)\n")
        #expect(client.status == 74)
    }
}
