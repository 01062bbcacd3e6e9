import ChatProtocol
import Foundation
import Glibc
import TCPSockets
import Testing

@Suite("chat-lab explain, beside ports that cannot be had", .serialized, .timeLimit(.minutes(5)))
struct ExplainTests {
    @Test("EADDRINUSE: the listener and its process")
    func listener() async throws {
        try await withServer { server in
            let second = try await withProgram([product("chat-server"), "--port", server.port], input: "")
            #expect(second.errors.contains("EADDRINUSE"))
            let explanation = try await explain("eaddrinuse", server.port)
            #expect(explanation.status == 69)
            // What was asked of this machine comes before what is true of every one.
            #expect(explanation.output.hasPrefix("Port \(server.port) on this machine, now\n"))
            #expect(explanation.lines.contains("EADDRINUSE (error)"))
            #expect(
                explanation.lines.contains(
                    "    - 127.0.0.1:\(server.port) LISTEN, held by chat-server (process \(server.process))."))
            #expect(explanation.lines.contains("      Stop that program or use another port."))
            #expect(explanation.lines.allSatisfy { $0.count <= 100 })
        }
    }

    @Test("A program that calls itself a terminal's command does not drive the terminal")
    func hostileName() async throws {
        try await withTemporaryFolder { folder in
            // The kernel names a process after the file that it runs.
            let link = "\(folder)/\u{1B}]0;owned\u{7}"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: product("chat-server"))
            try await withServer(wrapper: ["sh", "-c", "shift; exec \"$0\" \"$@\"", link]) { server in
                let explanation = try await withProgram(
                    [product("chat-lab"), "explain", "--port", server.port], input: "")
                #expect(explanation.output.contains("held by ^[]0;owned^G (process \(server.process))."))
                let second = try await withProgram([product("chat-server"), "--port", server.port], input: "")
                #expect(second.errors.contains("held by ^[]0;owned^G (process \(server.process))."))
                #expect(!(explanation.output + second.errors).contains("\u{1B}"))
            }
        }
    }

    @Test(
        "EADDRINUSE: a listener that a server shares with those that it forked",
        .enabled(if: isInstalled("python3"), "python3 is not installed"))
    func forked() async throws {
        let script = """
            import os, socket
            listener = socket.create_server(("127.0.0.1", 0))
            for _ in range(3):
                if os.fork() == 0:
                    os.read(0, 1)
                    os._exit(0)
            print(listener.getsockname()[1], flush=True)
            os.read(0, 1)
            """
        try await withProgram(["python3", "-c", script]) { program in
            let port = try await program.output.until("\n").trimmingCharacters(in: .whitespacesAndNewlines)
            let explanation = try await explain("EADDRINUSE", port)
            #expect(explanation.status == 69)
            #expect(explanation.output.contains("(process \(program.process)) and 3 other processes."))
            // A byte for each of the four.
            try program.type("over")
        }
    }

    @Test("EADDRINUSE: TIME-WAIT, with the seconds that it has left; the status says that it passes")
    func timeWait() async throws {
        let port = try await portInTimeWait()
        let strict = try await withProgram([product("chat-server"), "--port", port, "--no-reuse-address"], input: "")
        #expect(strict.errors.contains("EADDRINUSE"))
        let explanation = try await explain("EADDRINUSE", port)
        #expect(explanation.status == 75)
        #expect(explanation.output.contains(/127\.0\.0\.1:\d+ TIME-WAIT, \d\d?\.\d s left; no program has it\./))
        #expect(!explanation.output.contains("held by"))
    }

    @Test("EADDRINUSE: a live connection, from a client's fixed port")
    func connection() async throws {
        try await withServer { server in
            let local = Endpoint(.loopbackV4, port: try unusedPort())
            let peer = try await Peer.connect(to: server.endpoint, from: local)
            let client = try await runClient(server, ["--local-port", "\(local.port)"], input: "one\n")
            #expect(client.errors.contains("EADDRINUSE"))
            let explanation = try await explainOwn("98", "\(local.port)")
            #expect(explanation.status == 69)
            #expect(explanation.output.contains("\(local) → \(server.endpoint) ESTABLISHED, held by "))
            try peer.reset()
        }
    }

    @Test("EADDRINUSE: a socket that is only bound")
    func bound() async throws {
        let socket = try TCPSocket(.v4)
        try socket.bind(to: Endpoint(.loopbackV4, port: 0))
        let port = "\(try socket.localEndpoint().port)"
        let explanation = try await explainOwn("closed", port)
        try socket.close()
        // Linux lists such sockets since 6.8.
        #expect(explanation.status == 69)
        #expect(
            explanation.output.contains("127.0.0.1:\(port) is bound, but neither listens nor is connected, held by "))
    }

    @Test("CLOSE-WAIT: the connections that a server keeps open, with its process")
    func leak() async throws {
        try await withServer(["--answer", "echo", "--close", "never"]) { server in
            #expect(try await runClient(server, ["--close", "active"], input: "one\n").status == 0)
            let explanation = try await explain("close-wait", server.port)
            #expect(explanation.status == 69)
            #expect(explanation.output.contains(" CLOSE-WAIT, held by chat-server (process \(server.process))."))
        }
    }

    @Test(
        "EADDRNOTAVAIL: towards which destination no port is left",
        .enabled(if: geteuid() == 0, "needs root to make a network namespace"))
    func exhaustion() async throws {
        let script = """
            server, client, lab = sys.argv[1:4]
            setting("net/ipv4/ip_local_port_range", "40000 40003")
            setting("net/ipv4/tcp_tw_reuse", "0")
            process = serve(server, "--close", "last")
            for _ in range(4):
                assert ask(client) == (0, ""), "a client with ports left"
            status, errors = ask(client)
            assert status == 75 and "EADDRNOTAVAIL" in errors, errors
            print(subprocess.run([lab, "explain", "EADDRNOTAVAIL", "--port", "7000"], capture_output=True, text=True).stdout)
            process.kill()
            process.wait()
            sys.exit(subprocess.run([lab, "explain", "--port", "7000"]).returncode)
            """
        let run = try await withNamespace(script, product("chat-server"), product("chat-client"), product("chat-lab"))
        #expect(run.errors == "")
        #expect(run.status == 75)
        let words =
            "127.0.0.1 → 127.0.0.1:7000: 4 of 4 ephemeral ports are taken, 4 by TIME-WAIT; connect() without a fixed port fails with EADDRNOTAVAIL."
        let text = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(text.contains("127.0.0.1:7000 LISTEN, held by chat-server (process "))
        #expect(text.ranges(of: words).count == 2)
    }

    @Test(
        "Names and flags that are wrong: exit code 64",
        arguments: [
            ["explain", ""], ["explain", "EADDRINUS"], ["explain", "explicit-passive"], ["show", "EADDRINUSE"],
            ["explain", "--color", "sometimes"], ["explain", "EADDRINUSE", "--port", "0"],
            ["explain", "--port", "65536"],
            ["explain", "active", "passive"], ["doctor", "surplus"], ["doctor", "3"], ["doctor", "--watch", "0"],
            ["doctor", "--top", "0"], ["doctor", "--watch", "nan"], ["explain", "7000"],
        ])
    func usage(_ arguments: [String]) async throws {
        let run = try await withProgram([product("chat-lab")] + arguments, input: "")
        #expect(run.status == 64)
        #expect(run.output == "")
        #expect(run.errors.contains("Error: "))
    }

    @Test("Every name is explained, without colour where nobody asked")
    func all() async throws {
        for name in ["EPIPE", "ETIMEDOUT", "ENOTCONN", "EISCONN", "EINPROGRESS", "EMFILE", "syn-sent", "unread"] {
            let run = try await withProgram([product("chat-lab"), "explain", name], input: "")
            #expect(run.status == 0)
            #expect(run.output.contains("What to do, the least harmful first"))
            #expect(!run.output.contains("\u{1B}"))
        }
    }

    @Test("A Unix socket: who listens, then what is left of it, then nothing")
    func unixSocket() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/socket"
            let descriptor = try listen(at: path)
            let held = try await withProgram([product("chat-lab"), "explain", path], input: "")
            #expect(held.status == 69)
            #expect(held.output.hasPrefix("The Unix socket \(path), now\n"))
            #expect(held.output.contains("It listens, held by "))
            symlink(path, "\(folder)/link")
            for other in ["\(folder)/./socket", "\(folder)/link"] {
                let same = try await withProgram([product("chat-lab"), "explain", other], input: "")
                #expect(same.status == 69)
                #expect(same.output.contains("It listens, held by "))
            }
            close(descriptor)
            let left = try await withProgram([product("chat-lab"), "explain", path], input: "")
            #expect(left.status == 0)
            let rest = left.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(rest.contains("But the file exists, so bind() fails with EADDRINUSE"))
            #expect(!rest.contains("Nothing has it"))
            unlink(path)
            let free = try await withProgram([product("chat-lab"), "explain", path], input: "")
            #expect(free.status == 0)
            #expect(free.output.contains("Nothing has it") && !free.output.contains("bind() fails"))
            try Data().write(to: URL(filePath: path))
            let file = try await withProgram([product("chat-lab"), "explain", path], input: "")
            #expect(file.status == 0)
            let words = file.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains("a file that is not a socket has the name: bind() fails with EADDRINUSE"))
        }
    }

    @Test("A Unix socket bound by a relative name may be the one that is asked for: its file is not called left over")
    func relativeUnixSocket() async throws {
        try await withTemporaryFolder { folder in
            let script = """
                import os, socket, subprocess, sys
                os.chdir(sys.argv[2])
                held = socket.socket(socket.AF_UNIX)
                held.bind("relative-of-explain")
                held.listen()
                sys.exit(subprocess.run([sys.argv[1], "explain", sys.argv[2] + "/relative-of-explain"]).returncode)
                """
            let run = try await withProgram(["python3", "-c", script, product("chat-lab"), folder], input: "")
            #expect(run.status == 69)
            #expect(run.output.contains("relative-of-explain, a relative name, listens, held by python3 "))
            #expect(!run.output.contains("the file exists"))
        }
    }

    /// A Unix socket of this process that no program inherits.
    private func listen(at path: String) throws -> CInt {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0 && Glibc.listen(descriptor, 1) == 0)
        return descriptor
    }

    @Test(
        "A kernel setting is shown with its value, by either name",
        arguments: ["tcp_tw_reuse", "net.ipv4.tcp_tw_reuse"])
    func setting(_ name: String) async throws {
        let value = try String(contentsOfFile: "/proc/sys/net/ipv4/tcp_tw_reuse", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let run = try await withProgram([product("chat-lab"), "explain", name], input: "")
        #expect(run.lines.contains("    On this machine now: net.ipv4.tcp_tw_reuse = \(value)"))
    }
}
