import ChatProtocol
import Foundation
import Glibc
import Testing

@Suite("SIGHUP, and a terminal that is held up", .serialized, .timeLimit(.minutes(5)))
struct HangUpTests {
    @Test("without a terminal ends nothing: the answer in hand is given, and others after it")
    func noTerminal() async throws {
        let command = ["--answer", "exec:while read q; do sleep 0.3; echo $q; done"]
        try await withServer(command, wrapper: ["setsid", "--wait"], endedBy: nil) { server in
            // setsid(1) forks where it leads a process group.
            let process = try children(of: server.process).first ?? server.process
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(.question("one"))
            kill(process, SIGHUP)
            #expect(try await peer.next() == .message(.answer("one")))
            #expect(try await peer.ask("two") == .message(.answer("two")))
            kill(process, SIGTERM)
        }
    }

    private func children(of process: pid_t) throws -> [pid_t] {
        let text = try String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
        return text.split(separator: " ").compactMap { pid_t($0) }
    }

    @Test("begins a new transcript where the old one was moved away, and no entry is lost")
    func rotation() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/transcript.jsonl"
            try await withServer(["--answer", "echo", "--transcript", file]) { server in
                let peer = try await Peer.connect(to: server.endpoint)
                for number in 1...5 {
                    #expect(try await peer.ask("\(number)") == .message(.answer("\(number)")))
                    try FileManager.default.moveItem(atPath: file, toPath: "\(file).\(number)")
                    server.program.signal(SIGHUP)
                    try await server.log.until("transcript reopened")
                }
            }
            for number in 1...5 {
                let text = try String(contentsOfFile: "\(file).\(number)", encoding: .utf8)
                #expect(text.contains(#""question":"\#(number)""#))
                #expect(text.split(separator: "\n").count == 1)
            }
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "")
        }
    }

    @Test("keeps the old transcript where a new one cannot be opened, and says so")
    func impossible() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/transcript.jsonl"
            try await withServer(["--answer", "echo", "--transcript", file]) { server in
                let peer = try await Peer.connect(to: server.endpoint)
                try FileManager.default.moveItem(atPath: file, toPath: "\(file).1")
                try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "\(folder)/target")
                server.program.signal(SIGHUP)
                try await server.log.contains("transcript: open \(file): ELOOP")
                #expect(try await peer.ask("one") == .message(.answer("one")))
            }
            #expect(try String(contentsOfFile: "\(file).1", encoding: .utf8).contains(#""question":"one""#))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/target"))
        }
    }

    /// Runs a server at a terminal of its own and takes that away; prints the exit status, or what it answers then.
    private static let script = """
        import os, pty, socket, struct, sys, time
        process, terminal = pty.fork()
        if process == 0:
            os.execvp(sys.argv[1], sys.argv[1:])
        port = b""
        while b"\\n" not in port:
            port += os.read(terminal, 1000)
        client = socket.create_connection(("127.0.0.1", int(port.split(b"listening on 127.0.0.1:")[1].split()[0])))
        os.close(terminal)
        client.settimeout(20)
        time.sleep(0.5)
        try:
            client.sendall(struct.pack(">IB", 2, 1) + b"x")
            kind = client.recv(5)[4:]
        except OSError:
            kind = b""
        if kind == b"\\2":
            print("answers")
            os.kill(process, 15)
        _, status = os.waitpid(process, 0)
        print("status", os.waitstatus_to_exitcode(status))
        """

    /// Runs a server at a terminal whose output is stopped (Ctrl-S), lets many ask, and ends it by SIGTERM.
    private static let stopped = """
        import os, pty, signal, socket, struct, sys, time
        process, terminal = pty.fork()
        if process == 0:
            os.execvp(sys.argv[1], sys.argv[1:])
        port = b""
        while b"\\n" not in port:
            port += os.read(terminal, 1000)
        address = ("127.0.0.1", int(port.split(b"listening on 127.0.0.1:")[1].split()[0]))
        os.write(terminal, b"\\x13")
        for _ in range(100):
            client = socket.create_connection(address)
            client.sendall(struct.pack(">IB", 301, 1) + b"x" * 300)
        signal.alarm(15)
        os.kill(process, signal.SIGTERM)
        print("status", os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
        """

    @Test("SIGTERM ends a server whose operator has stopped the output of the terminal")
    func outputStopped() async throws {
        let command = [product("chat-server"), "--port", "0", "--drain-timeout", "0.5"]
        let run = try await withProgram(["python3", "-c", Self.stopped] + command, input: "")
        #expect(run.output == "status 0\n", "\(run.status) \(run.errors)")
    }

    @Test("ends a server whose terminal is gone, as SIGTERM does")
    func terminalGone() async throws {
        let command = [product("chat-server"), "--port", "0", "--answer", "echo", "--log-level", "error"]
        let run = try await withProgram(["python3", "-c", Self.script] + command, input: "")
        #expect(run.output == "status 0\n")
    }
}
