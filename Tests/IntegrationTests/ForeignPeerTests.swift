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

    private struct Vectors: Decodable {
        struct Entry: Decodable { let name: String }
        let valid, stream, invalid, truncated: [Entry]
        var count: Int { valid.count + stream.count + invalid.count + truncated.count }
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
