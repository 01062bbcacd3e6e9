import Testing

@Suite("Flags that are wrong", .serialized, .timeLimit(.minutes(5)))
struct UsageTests {
    @Test(
        "chat-client takes no such flags: exit code 64",
        arguments: [
            ["--nonsense"], ["surplus"], ["--port", "0"], ["--port", "65536"], ["--port", "x"],
            ["--close", "slowly"], ["--local-port", "0"], ["--local-port", "70000"],
            ["--bind", "implicit", "--local-port", "50001"],
            ["--bind-no-port"], ["--bind-no-port", "--local-address", "127.0.0.1", "--local-port", "50001"],
            ["--local-address", "localhost"], ["--local-port-range", "2-1"], ["--local-port-range", "0-9"],
            ["--linger-seconds", "-1"], ["--linger-seconds", "65536"], ["--close-delay", "-1"],
            ["--close-timeout", "-1"], ["--connect-timeout", "nan"], ["--max-frame", "0"],
            ["--max-frame", "16777217"], ["--trace", "xml"], ["--history", "file", "--no-history"],
            ["--new-identity", ""], ["--new-identity", "a b"], ["--new-identity", "#a"], ["--new-identity", "a\u{1B}"],
            ["--new-identity", "a", "--identity", "file"],
        ])
    func client(_ arguments: [String]) async throws {
        let client = try await withProgram([product("chat-client")] + arguments, input: "")
        #expect(client.status == 64)
        #expect(client.output == "")
        #expect(client.errors.contains("Error: "))
    }

    @Test("A range of ports that is none is told what one is")
    func portRange() async throws {
        let client = try await withProgram([product("chat-client"), "--local-port-range", "50-40"], input: "")
        #expect(
            client.errors.contains("'50-40' is invalid for '--local-port-range <low-high>': it is two ports from 1"))
    }

    @Test(
        "chat-server takes no such flags: exit code 64",
        arguments: [
            ["--nonsense"], ["surplus"], ["--port", "65536"], ["--answer", "guess"], ["--answer", "exec:"],
            ["--close", "second"], ["--padding", "-1"], ["--padding", "65536"], ["--linger", "-1"],
            ["--linger", "65536"], ["--max-clients", "0"], ["--max-frame", "0"], ["--max-frame", "16777217"],
            ["--idle-timeout", "-1"], ["--drain-timeout", "-1"], ["--allow", "localhost"],
            ["--allow", "127.0.0.1/33"], ["--allow", "127.0.0.1:x"], ["--allow", "127.0.0.1:0"],
            ["--max-per-address", "0"], ["--answer-timeout", "0"],
            ["--answer-timeout", "-1"], ["--loops", "0"], ["--trace", "xml"],
            ["--log-level", "loud"],
        ])
    func server(_ arguments: [String]) async throws {
        let server = try await withProgram([product("chat-server"), "--port", "0"] + arguments, input: "")
        #expect(server.status == 64)
        #expect(server.output == "")
        #expect(server.errors.contains("Error: "))
    }

    @Test(
        "chat-load takes no such flags: exit code 64",
        arguments: [
            ["--nonsense"], ["surplus"], ["--port", "0"], ["--mode", "idle"], ["--connections", "0"],
            ["--connections", "1000001"], ["--seconds", "0"], ["--seconds", "nan"], ["--seconds", "-1"],
            ["--payload", "-1"], ["--payload", "16777216"], ["--close", "slowly"], ["--linger-seconds", "65536"],
            ["--close-delay", "-1"], ["--close-timeout", "-1"], ["--format", "xml"],
        ])
    func load(_ arguments: [String]) async throws {
        let load = try await withProgram([product("chat-load")] + arguments, input: "")
        #expect(load.status == 64)
        #expect(load.output == "")
        #expect(load.errors.contains("Error: "))
    }

    @Test("--version names the program and its licence", arguments: ["chat-client", "chat-server", "chat-load"])
    func version(_ program: String) async throws {
        let run = try await withProgram([product(program), "--version"], input: "")
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("\(program) "))
        #expect(run.output.contains("GPL-3.0-or-later") == hasLineEditing)
        #expect(run.errors == "")
    }

    @Test("--help lists the exit status", arguments: ["chat-client", "chat-server", "chat-load"])
    func help(_ program: String) async throws {
        let run = try await withProgram([product(program), "--help"], input: "")
        #expect(run.status == 0)
        #expect(run.output.contains("EXIT STATUS"))
        #expect(run.errors == "")
    }
}
