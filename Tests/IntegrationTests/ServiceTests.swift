import ChatProtocol
import Foundation
import Glibc
import TCPSockets
import Testing

@Suite("A server under systemd", .serialized, .timeLimit(.minutes(5)))
struct ServiceTests {
    private let sources = #filePath.components(separatedBy: "/Tests/")[0]

    /// Opens sockets as systemd does, and becomes the server; the first argument is the kind.
    private static let launcher = """
        import os, socket, sys
        kind, sockets = sys.argv[1], []
        for _ in range(2 if kind == "two" else 1):
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if kind == "datagram" else socket.SOCK_STREAM)
            s.bind(("127.0.0.1", 0))
            if kind not in ("datagram", "deaf"):
                s.listen()
            sockets.append(s)
        for number, s in enumerate(sockets):
            os.dup2(s.fileno(), 30 + number)
        for number in range(len(sockets)):
            os.dup2(30 + number, 3 + number, inheritable=True)
        os.environ.update(LISTEN_PID="1" if kind == "other" else str(os.getpid()), LISTEN_FDS=str(len(sockets)))
        os.execv(sys.argv[2], sys.argv[2:])
        """

    private func launcher(_ kind: String) -> [String] { ["python3", "-c", Self.launcher, kind] }

    @Test("A socket that systemd has opened is taken over, and its co-processes know nothing of it")
    func activated() async throws {
        let flags = ["--answer", "exec:while read n; do eval \"echo [\\$$n]\"; done", "--port", "1"]
        try await withServer(flags, wrapper: launcher("one")) { server in
            #expect(server.endpoint.port > 1)
            let peer = try await Peer.connect(to: server.endpoint)
            for name in ["LISTEN_FDS", "LISTEN_PID"] { #expect(try await peer.ask(name) == .message(.answer("[]"))) }
        }
    }

    @Test("Sockets for another process are none of the server's business")
    func forAnother() async throws {
        try await withServer(wrapper: launcher("other")) { server in
            let client = try await runClient(server, input: "one\n")
            #expect(client.output == "one\n")
        }
    }

    @Test("No number in the variables of systemd: exit code 64", arguments: ["LISTEN_PID", "LISTEN_FDS"])
    func noNumber(variable: String) async throws {
        let variables = ["LISTEN_PID=1", "LISTEN_FDS=1", "\(variable)=3x"]
        let command = ["env"] + variables + [product("chat-server"), "--answer", "echo", "--port", "0"]
        let server = try await withProgram(command, input: "")
        #expect(server.errors.contains("\(variable) is \"3x\""))
        #expect(server.status == 64)
    }

    @Test(
        "What is no listening TCP socket, or more than one, is told: exit code 64",
        arguments: [
            ("two", "systemd passed 2 sockets"), ("datagram", "systemd passed no listening TCP socket"),
            ("deaf", "systemd passed no listening TCP socket"),
        ])
    func unusable(_ kind: String, _ message: String) async throws {
        let server = try await withProgram(launcher(kind) + [product("chat-server"), "--answer", "echo"], input: "")
        #expect(server.errors.contains(message))
        #expect(server.status == 64)
    }

    @Test(
        "systemd-socket-activate starts it with the first client",
        .enabled(if: isInstalled("systemd-socket-activate"), "systemd is not installed"))
    func socketActivate() async throws {
        let port = try unusedPort()
        let command = [
            "systemd-socket-activate", "--listen", "127.0.0.1:\(port)", product("chat-server"), "--answer", "echo",
        ]
        try await withProgram(command) { program in
            try await program.errors.until("Listening on")
            let client = try await runClient("\(port)", input: "one\n")
            #expect(client.output == "one\n")
            program.signal(SIGTERM)
        }
    }

    @Test(
        "The units are sound, and let the service do little",
        .enabled(if: isInstalled("systemd-analyze"), "systemd is not installed"))
    func units() async throws {
        try await withTemporaryFolder { folder in
            for unit in ["chat-server.service", "chat-server.socket"] {
                let text = try String(contentsOfFile: "\(sources)/debian/time-wait-chat.\(unit)", encoding: .utf8)
                try text.replacing("/usr/bin/chat-server", with: product("chat-server"))
                    .write(toFile: "\(folder)/\(unit)", atomically: false, encoding: .utf8)
            }
            let files = ["\(folder)/chat-server.service", "\(folder)/chat-server.socket"]
            let verify = try await withProgram(["systemd-analyze", "verify", "--man=no"] + files, input: "")
            #expect(!verify.errors.contains("chat-server."))
            // 0 is no exposure at all, 10 all there is; by systemd's own measure, below 2 is "OK".
            let security = ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", files[0]]
            let report = try await withProgram(security, input: "")
            #expect(report.status == 0, "\(report.output)")
            #expect(report.output.contains("Overall exposure level"))
        }
    }

    @Test("Without --allow, a server that others reach says so, and one of answering processes that runs as root")
    func warnings() async throws {
        let open = try await withServer(["--host", "0.0.0.0"]) { _ in }
        #expect(open.errors.contains(/warning .*anyone who reaches 0\.0\.0\.0:\d+ may use this server/))
        let allowing = try await withServer(["--host", "0.0.0.0", "--allow", "127.0.0.1"]) { _ in }
        #expect(!allowing.errors.contains("may use this server"))
        let local = try await withServer { _ in }
        #expect(!local.errors.contains("warning"))
        let answering = try await withServer(["--answer", "exec:cat"]) { _ in }
        #expect(answering.errors.contains("run as root") == (geteuid() == 0))
    }
}
