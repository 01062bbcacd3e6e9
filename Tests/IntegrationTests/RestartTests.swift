import TCPSockets
import Testing

@Suite("A port that is taken", .serialized, .timeLimit(.minutes(5)))
struct RestartTests {
    @Test("A second server on the port of the first names it, and leaves with exit code 69")
    func busy() async throws {
        try await withServer { first in
            let second = try await withProgram([product("chat-server"), "--port", first.port], input: "")
            #expect(second.output == "")
            #expect(
                second.errors == """
                    chat-server: bind 127.0.0.1:\(first.port): EADDRINUSE (Address already in use). \
                    127.0.0.1:\(first.port) is listening, held by chat-server (process \(first.process)). \
                    Stop that program or use another port.

                    """)
            #expect(second.status == 69)
        }
    }

    @Test("After closing first the port has a TIME-WAIT, which stops a restart only with --no-reuse-address")
    func timeWait() async throws {
        let port = try await portInTimeWait()
        let strict = try await withProgram([product("chat-server"), "--port", port, "--no-reuse-address"], input: "")
        #expect(strict.output == "")
        #expect(strict.errors.contains("bind 127.0.0.1:\(port): EADDRINUSE (Address already in use). "))
        #expect(strict.errors.contains(/TIME-WAIT, \d\d?\.\d s left\. Try again in \d\d?\.\d s/))
        #expect(strict.status == 75)

        try await withServer(["--answer", "echo", "--port", port]) { server in
            let client = try await runClient(server, input: "one\n")
            #expect(client.output == "one\n")
        }
    }

    @Test("A server that closed last leaves its port free even for --no-reuse-address")
    func noTimeWait() async throws {
        let port = "\(try unusedPort())"
        for _ in 1...3 {
            try await withServer(["--answer", "echo", "--port", port, "--close", "last", "--no-reuse-address"]) {
                server in
                let client = try await runClient(server, ["--aftermath"], input: "one\n")
                #expect(client.output == "one\n")
                #expect(client.errors.contains("TIME-WAIT"))
            }
        }
    }
}
