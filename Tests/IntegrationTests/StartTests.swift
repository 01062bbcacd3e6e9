import ChatProtocol
import Glibc
import Testing

@Suite("Programs that are started with less than they are used to", .serialized, .timeLimit(.minutes(5)))
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

    private func start(loops: Int, limit: Int) -> [String] {
        let server = [product("chat-server"), "--port", "0", "--answer", "echo", "--loops", "\(loops)"]
        return ["prlimit", "--nofile=\(limit)"] + server
    }

    @Test(
        "A server without descriptors for its loops names the error and leaves with exit code 70",
        arguments: (5...10).map { (1, $0) } + (5...20).map { (4, $0) })
    func tooFewDescriptors(loops: Int, limit: Int) async throws {
        let finished = try await withProgram(start(loops: loops, limit: limit), input: "")
        #expect(finished.output == "")
        #expect(finished.errors.contains("EMFILE"))
        #expect(finished.status == 70)
    }

    @Test("A server with just enough descriptors serves", arguments: [(1, 16), (4, 32)])
    func enoughDescriptors(loops: Int, limit: Int) async throws {
        let finished = try await withProgram(start(loops: loops, limit: limit)) { program in
            _ = try await program.output.until("listening on ")
            program.signal(SIGTERM)
        }
        #expect(finished.status == 0)
    }

    @Test("A server whose address cannot be written, or that nobody reads, says so and ends")
    func addressLost() async throws {
        let server = [product("chat-server"), "--port", "0", "--answer", "echo"]
        let full = try await withProgram(closing("> /dev/full", server), input: "")
        #expect(full.errors == "chat-server: standard output: ENOSPC (No space left on device)\n")
        #expect(full.status == 74)
        // A FIFO that was opened for reading and is closed before the server starts.
        let script = "mkfifo \"$0\"; exec 3<> \"$0\" 4> \"$0\" 3<&-; exec \"$@\" >&4"
        try await withTemporaryFolder { folder in
            let unread = try await withProgram(["bash", "-c", script, "\(folder)/fifo"] + server, input: "")
            #expect(unread.errors == "")
            #expect(unread.status == 141)
        }
    }
}
