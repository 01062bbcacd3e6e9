import ChatProtocol
import Foundation
import Testing

/// Clients in other languages, written from the protocol's description alone.
@Suite("Foreign clients", .serialized, .timeLimit(.minutes(5)))
struct ForeignPeerTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "protocol").path

    /// Whether an interpreter is there. Without it nothing is tested, and the run says so with a warning.
    private func has(_ interpreter: String) -> Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        if path.split(separator: ":").contains(where: { access("\($0)/\(interpreter)", X_OK) == 0 }) { return true }
        Issue.record("\(interpreter) is not installed: nothing was tested with it", severity: .warning)
        return false
    }

    @Test("The client in Python decodes every test vector as it should")
    func vectors() async throws {
        guard has("python3") else { return }
        let file = "\(Self.folder)/vectors.json"
        let run = try await withProgram(["python3", "\(Self.folder)/chat_client.py", "--vectors", file], input: "")
        let count = try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: URL(filePath: file))).count
        #expect(run.output == "\(count) vectors passed\n")
        #expect(run.errors == "")
        #expect(run.status == 0)
    }

    struct Vectors: Decodable {
        struct Entry: Decodable { let name: String }
        struct Proof: Decodable, Sendable {
            let identity, key, challenge, hex: String

            func bytes(of text: String) -> [UInt8] {
                let digits = text.compactMap(\.hexDigitValue)
                return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
            }
        }
        let valid, stream, invalid, truncated: [Entry]
        let proofs: [Proof]
        var count: Int { valid.count + stream.count + invalid.count + truncated.count + proofs.count }
    }

    @Test("The client in Python holds a conversation", arguments: [[], ["--padding", "100"]])
    func python(_ flags: [String]) async throws {
        guard has("python3") else { return }
        try await withServer(["--answer", "echo"] + flags) { server in
            let command = ["python3", "\(Self.folder)/chat_client.py", "127.0.0.1", server.port]
            let run = try await withProgram(command, input: "one\n\nGrüße, 日本語\u{1B}\n")
            #expect(run.output == "one\n\nGrüße, 日本語\\x1b\n")
            #expect(run.errors == "")
            #expect(run.status == 0)
            try await server.log.until("ending=exit")
        }
    }

    @Test("The client in Python is told why it is refused")
    func refusedPython() async throws {
        guard has("python3") else { return }
        try await withServer(["--answer", "echo", "--max-frame", "10"]) { server in
            let command = ["python3", "\(Self.folder)/chat_client.py", "127.0.0.1", server.port]
            let run = try await withProgram(command, input: "longer than ten bytes\n")
            #expect(run.errors.contains("'code': 1"))
            #expect(run.output == "")
            #expect(run.status == 74)
        }
    }

    static func proofs() throws -> [Vectors.Proof] {
        let file = URL(filePath: "\(folder)/vectors.json")
        return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file)).proofs
    }

    /// A client that has the key of a proof in the vectors is challenged, and then asks.
    private func challenge(
        _ vector: Vectors.Proof, _ command: (_ port: String, _ identity: String) -> ([String], [String: String])
    ) async throws -> Finished {
        let challenge = try #require(Challenge(vector.bytes(of: vector.challenge)))
        return try await withTemporaryFolder { folder in
            let line = "\(vector.identity) \(Data(vector.bytes(of: vector.key)).base64EncodedString())\n"
            try Data(line.utf8).write(to: URL(filePath: "\(folder)/identity"))
            let server = try FakeServer()
            let (words, environment) = command("\(server.port)", "\(folder)/identity")
            return try await withProgram(words, environment: environment) { client in
                let peer = try await server.accept()
                try await peer.send(.challenge(challenge))
                guard case .message(let proof) = try await peer.next() else { throw NothingCame() }
                #expect(Frame.bytes(of: proof) == vector.bytes(of: vector.hex))
                try client.type("one\nexit\n")
                #expect(try await peer.next() == .message(.question("one")))
                try await peer.send(.answer("two"))
                #expect(try await peer.next() == .message(.exit))
                try peer.close()
                _ = try await client.output.end()
            }
        }
    }

    @Test("The client in Python proves who it is, as the vectors say", arguments: try Self.proofs())
    func provingPython(_ vector: Vectors.Proof) async throws {
        guard has("python3") else { return }
        let run = try await challenge(vector) { port, identity in
            (["python3", "\(Self.folder)/chat_client.py", "127.0.0.1", port, identity], [:])
        }
        #expect((run.output, run.errors, run.status) == ("two\n", "", 0))
    }

    @Test("The client in Erlang proves who it is, as the vectors say", arguments: try Self.proofs())
    func provingErlang(_ vector: Vectors.Proof) async throws {
        guard has("escript") else { return }
        let run = try await challenge(vector) { port, identity in
            (["escript", "\(Self.folder)/echo.escript", "127.0.0.1", port, "one"], ["CHAT_IDENTITY": identity])
        }
        #expect((run.output, run.errors, run.status) == ("two\n", "", 0))
    }

    @Test("The client in Python says what it lacks where it is asked who it is: exit status 77")
    func challengedPython() async throws {
        guard has("python3") else { return }
        let server = try FakeServer()
        let command = ["python3", "\(Self.folder)/chat_client.py", "127.0.0.1", "\(server.port)"]
        let run = try await withProgram(command) { client in
            let peer = try await server.accept()
            try await peer.send(.challenge(#require(Challenge(repeatElement(7, count: 32)))))
            try client.type("one\n")
            _ = try await client.output.end()
        }
        #expect(run.errors == "the server asks who you are: give an IDENTITY\n")
        #expect(run.status == 77)
    }

    @Test("The client in Erlang, whose runtime has this framing built in, holds a conversation")
    func erlang() async throws {
        guard has("escript") else { return }
        try await withServer(["--answer", "echo", "--padding", "10"]) { server in
            let script = "\(Self.folder)/echo.escript"
            let run = try await withProgram(
                ["escript", script, "127.0.0.1", server.port, "one", "", "Grüße, 日本語"], input: "")
            #expect(run.output == "one\n\nGrüße, 日本語\n")
            #expect(run.errors == "")
            #expect(run.status == 0)
            try await server.log.until("ending=exit")
        }
    }
}
