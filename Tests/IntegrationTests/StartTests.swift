import ChatProtocol
import Glibc
import Testing

@Suite("Programs that are started with less than they are used to", .serialized, .timeLimit(.minutes(1)))
struct StartTests {
    private static let redirections = ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"]

    private func closing(_ descriptors: String, _ command: [String]) -> [String] {
        ["sh", "-c", "exec \"$@\" \(descriptors)", "sh"] + command
    }

    @Test("Without standard descriptors, a client says exit", arguments: redirections)
    func client(descriptors: String) async throws {
        try await withServer { server in
            let client = try await withProgram(closing(descriptors, clientCommand(server.port)), input: "")
            #expect(client.output == "")
            #expect(client.errors == "")
            #expect(client.status == 0)
        }
    }

    @Test("Without standard input there is no operator: error 9", arguments: ["<&-", "<&- 2>&-"])
    func server(descriptors: String) async throws {
        let closing = closing(descriptors, [])
        try await withServer([], wrapper: closing, endedBy: nil) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one").errorCode == .answererFailed)
            server.program.signal(SIGTERM)
        }
    }

    @Test(
        "However few descriptors there are, the server serves, or says what is lacking",
        arguments: 5...24, ["1", "4"])
    func fewDescriptors(limit: Int, loops: String) async throws {
        let server = [product("chat-server"), "--port", "0", "--answer", "echo", "--loops", loops]
        let finished = try await withProgram(["prlimit", "--nofile=\(limit)"] + server) { program in
            // The pipes tell which it is: a line, or their end.
            if (try? await program.output.until("listening on ")) != nil { program.signal(SIGTERM) }
        }
        if finished.output.hasPrefix("listening on ") {
            #expect(finished.status == 0)
        } else {
            #expect(finished.errors.contains("EMFILE"))
            #expect(finished.status == 70)
        }
    }
}
