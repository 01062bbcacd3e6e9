import Foundation
import Glibc
import TestSupport
import Testing

/// What goes wrong between two programs that nobody here has written.
@Suite(
    "chat-lab try, where something goes wrong", .enabled(if: canRunTrials, "needs root and /dev/net/tun"),
    .timeLimit(.minutes(5)))
struct TryFailureTests {
    private static let listener = """
        exec python3 -c 'import os, socket, time
        s = socket.create_server((\"server\", int(os.environ[\"PORT\"])))
        while True: s.accept()[0].close()'
        """
    private static let talk =
        "exec python3 -c 'import os, socket; socket.create_connection((\"server\", int(os.environ[\"PORT\"]))).recv(9)'"

    struct Wrong: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let server, client: String
        var arguments: [String] = []
        let message: String
    }

    /// In seconds: in that time a busy machine has started the server too.
    private static let patience = "15"

    static let wrongs = [
        Wrong(
            testDescription: "there is no such server", server: "no-such-program", client: "true",
            message:
                "the server ended and never listened: exit status 127: there is no such command. It said: sh: 1: no-such-program: not found"
        ),
        Wrong(
            testDescription: "the server exits at once", server: "echo sorry >&2; exit 3", client: "true",
            message: "the server ended and never listened: exit status 3. It said: sorry"),
        Wrong(
            testDescription: "the server is killed", server: "kill -9 $$", client: "true",
            message: "the server ended and never listened: exit status 137: killed by signal 9."),
        Wrong(
            testDescription: "the server never listens", server: "sleep 1000", client: "true",
            arguments: ["--timeout", "0.5"], message: "the server did not listen within 0.5 s (--timeout)."),
        Wrong(
            testDescription: "the server daemonises and then ends", server: "(sleep 0.2; echo gone >&2) &",
            client: "true",
            message: "the server ended and never listened: exit status 0. It said: gone"),
        Wrong(
            testDescription: "the server listens where nobody comes",
            server:
                "exec python3 -c 'import socket, time; s = socket.create_server((\"127.0.0.1\", 8000)); time.sleep(1000)'",
            client: "true", arguments: ["--timeout", patience],
            message:
                "the server listens on 127.0.0.1:8000, where the client's host cannot reach it: have it bind 192.0.2.2 "
                + "({server}) or any address, or see --family"),
        Wrong(
            testDescription: "the server listens on another port",
            server:
                "exec python3 -c 'import socket, time; s = socket.create_server((\"server\", 8000)); time.sleep(1000)'",
            client: "true", arguments: ["--timeout", patience, "--port", "9000"],
            message: "the server listens on 192.0.2.2:8000, not on 192.0.2.2 port 9000 (--port)"),
        Wrong(
            testDescription: "there is no such client", server: listener, client: "no-such-program",
            message:
                "the client ended with exit status 127: there is no such command, and sent nothing to the server's host. "
                + "It said: sh: 1: no-such-program: not found"),
        Wrong(
            testDescription: "the client fails and sends nothing", server: listener, client: "exit 5",
            message:
                "the client ended with exit status 5, and sent nothing to the server's host. The client must connect to {server}: "
                + "its localhost is its own host."),
        Wrong(
            testDescription: "the client hangs", server: listener, client: "sleep 1000",
            arguments: ["--timeout", patience],
            message: "the client did not end in time (--timeout) and was killed."),
        Wrong(
            testDescription: "there is no such kernel setting", server: listener, client: "true",
            arguments: ["--sysctl", "net.ipv4.no_such=1"],
            message:
                "this kernel has no net.ipv4.no_such: open /proc/sys/net/ipv4/no_such: ENOENT (No such file or directory)"
        ),
    ]

    @Test("It says so, with 70, and nothing is left", arguments: wrongs)
    func wrong(_ wrong: Wrong) async throws {
        let run = try await runTrial(server: wrong.server, client: wrong.client, wrong.arguments)
        #expect(run.status == 70)
        #expect(run.errorsAtAnyPace == "chat-lab: \(wrong.message)\n")
    }

    @Test("A client that fails after it has connected is a result: its status is told")
    func failingClient() async throws {
        let run = try await runTrial(server: Self.listener, client: "\(Self.talk.dropFirst(5)); echo no >&2; exit 5")
        #expect(run.status == 0)
        #expect(run.output.contains("\nClient    It ended with exit status 5. It said: no\n"))
    }

    @Test("A server that dies under its client is told too")
    func dyingServer() async throws {
        let server = """
            exec python3 -c 'import os, socket
            s = socket.create_server((\"server\", int(os.environ[\"PORT\"])))
            s.accept(); os.abort()'
            """
        let run = try await runTrial(server: server, client: Self.talk)
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("python3 (server) closed first, with a FIN"))
        #expect(run.output.contains("It ended with exit status 134: killed by signal 6."))
    }

    @Test("A server that forks, daemonises and takes its time is found; so is the lowest of several ports")
    func daemon() async throws {
        let server = """
            sleep 0.3; setsid python3 -c 'import socket
            a, b = [socket.create_server((\"server\", port)) for port in (9100, 9001)]
            while True: b.accept()[0].close()' &
            """
        let run = try await runTrial(server: server, client: Self.talk)
        #expect(run.status == 0)
        let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(
            words.contains(
                "Server python3 listened on 192.0.2.2:9001, and on 192.0.2.2:9100 (--port chooses). It ended with exit status 0."
            ))
    }

    @Test("Whoever asks at the keyboard finds nobody there, and no terminal")
    func keyboard() async throws {
        let client =
            "read answer; echo \"<$answer>\" >&2; (: < /dev/tty) 2>/dev/null && echo tty >&2; \(Self.talk.dropFirst(5)); exit 5"
        let run = try await runTrial(server: Self.listener, client: client)
        #expect(run.output.contains("It said: <>\n"))
    }

    @Test("Signals end it with everything that it has started", arguments: [SIGINT, SIGTERM, SIGKILL])
    func signal(number: CInt) async throws {
        try await withTemporaryFolder { folder in
            // The daemon and the client each lock a file that only they have open: it is free again when they are gone.
            let daemon = "setsid sh -c 'exec 9> \(folder)/a; flock 9; sleep 1000' & \(Self.listener)"
            let client = "exec 9> \(folder)/b; flock 9; touch \(folder)/runs; sleep 1000"
            let command = [product("chat-lab"), "try", "--server", daemon, "--client", client]
            let run = try await withProgram(command) { program in
                try await eventually("the client runs", within: .seconds(60)) {
                    FileManager.default.fileExists(atPath: "\(folder)/runs")
                        && FileManager.default.fileExists(atPath: "\(folder)/a")
                }
                program.signal(number)
            }
            #expect(run.status == 128 + number)
            for file in ["a", "b"] {
                let free = try await withProgram(["flock", "--timeout", "60", "\(folder)/\(file)", "true"], input: "")
                #expect(free.status == 0, "\(file)")
            }
        }
    }

    @Test(
        "Wrong usage is 64",
        arguments: [
            ["--server", "true"], ["--client", "true"], ["--server", " ", "--client", "true"],
            ["--server", "true", "--client", "true", "--times", "0"],
            ["--server", "true", "--client", "true", "--timeout", "0"],
            ["--server", "true", "--client", "true", "--port", "0"],
            ["--server", "true", "--client", "true", "--sysctl", "net.ipv4.tcp_timestamps"],
            ["--server", "true", "--client", "true", "--times", "2", "--output", "/tmp"],
            ["--server", "true", "--client", "true", "--family", "5"],
        ])
    func usage(arguments: [String]) async throws {
        let run = try await withProgram([product("chat-lab"), "try"] + arguments, input: "")
        #expect(run.status == 64)
        #expect(run.output == "")
    }

    @Test("Without room for what it shows it says so: 74")
    func full() async throws {
        let command = ["sh", "-c", "exec \"$@\" > /dev/full", "sh", product("chat-lab"), "try"]
        let run = try await withProgram(
            command + ["--server", Self.listener, "--client", Self.talk], input: "")
        #expect(run.status == 74)
        #expect(run.errorsAtAnyPace == "chat-lab: standard output: ENOSPC (No space left on device)\n")
    }
}
