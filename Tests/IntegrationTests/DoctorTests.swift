import Foundation
import Glibc
import TCPSockets
import Testing

private let isRoot = geteuid() == 0

@Suite("chat-lab doctor", .serialized, .timeLimit(.minutes(5)))
struct DoctorTests {
    private func object(_ text: some StringProtocol) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("A leak, with its process, its sockets, and between which bounds their age is")
    func leak() async throws {
        try await withServer(["--answer", "echo", "--close", "never"]) { server in
            for _ in 1...3 { #expect(try await runClient(server, ["--close", "active"], input: "one\n").status == 0) }
            try await Task.sleep(for: .seconds(1))
            let run = try await withProgram([product("chat-lab"), "doctor", "--json", "--top", "2"], input: "")
            #expect(run.status == 0)
            #expect(run.errors == "")
            let leaks = try #require(try object(run.output)["closeWait"] as? [[String: Any]])
            let leak = try #require(leaks.first { ($0["process"] as? Int).map(pid_t.init) == server.process })
            #expect(leak["name"] as? String == "chat-server")
            #expect(leak["count"] as? Int == 3)
            let sockets = try #require(leak["sockets"] as? [[String: Any]])
            #expect(sockets.count == 2)
            for socket in sockets {
                #expect(socket["local"] as? String == "\(server.endpoint)")
                let least = try #require(socket["atLeastSeconds"] as? Double)
                let most = try #require(socket["atMostSeconds"] as? Double)
                #expect(least >= 0.9 && least <= most && most < 60)
            }
            let text = try await withProgram([product("chat-lab"), "doctor"], input: "")
            #expect(text.output.contains("chat-server (process \(server.process)): 3\n"))
            #expect(text.lines.allSatisfy { $0.count <= 100 })
        }
    }

    @Test(
        "20,000 sockets in TIME-WAIT, towards two destinations, and a leak: every count is right",
        .enabled(if: isRoot, "needs root to make a network namespace"))
    func counts() async throws {
        let script = """
            server, client, lab = sys.argv[1:4]
            setting("net/ipv4/ip_local_port_range", "20000 59999")
            setting("net/ipv4/ip_local_reserved_ports", "20000-20009")
            setting("net/ipv4/tcp_tw_reuse", "0")
            process = serve(server, "--close", "never")
            for _ in range(3):
                ask(client, "--local-port", str(1100 + _), "--close", "active")
            converse("127.0.1.1", 15000)
            converse("127.0.1.2", 5000)
            await_ownerless(20003)
            status = subprocess.run([lab, "doctor", "--json"]).returncode
            process.kill()
            sys.exit(status)
            """
        let run = try await withNamespace(script, product("chat-server"), product("chat-client"), product("chat-lab"))
        #expect(run.status == 0)
        #expect(run.errors == "")
        let report = try object(run.output)
        #expect(report["schema"] as? Int == 1)
        #expect(
            report["states"] as? [String: Int] == ["TIME-WAIT": 20_000, "CLOSE-WAIT": 3, "FIN-WAIT-2": 3, "LISTEN": 1])
        #expect(report["sockets"] as? Int == 20_007)
        #expect(report["orphans"] as? Int == 3)
        #expect((report["finWait2Orphans"] as? [Any])?.count == 3)
        let ports = try #require(report["ports"] as? [String: Any])
        #expect(ports["automatic"] as? Int == 39_990)
        #expect(ports["reserved"] as? String == "20000-20009")
        let destinations = try #require(report["destinations"] as? [[String: Any]])
        #expect(destinations.map { $0["destination"] as? String } == ["127.0.1.1:9000", "127.0.1.2:9000"])
        #expect(destinations.map { $0["timeWait"] as? Int } == [15_000, 5_000])
        #expect(destinations.map { $0["free"] as? Int } == [24_990, 34_990])
        let rates = try #require(destinations[0]["perSecond"] as? [String: Any])
        #expect(rates["now"] as? Double == 666.5)
        #expect(rates["withReuse"] as? Double == 39_990)
        #expect(rates["withPassiveClose"] is NSNull)
        let leaks = try #require(report["closeWait"] as? [[String: Any]])
        #expect(leaks.map { $0["count"] as? Int } == [3])
        #expect(leaks.map { $0["name"] as? String } == ["chat-server"])
        let peers = try #require(report["peers"] as? [[String: Any]])
        // Towards its clients the listener's side has the loopback address, and they have it towards 127.0.1.x.
        #expect(peers.first?["address"] as? String == "127.0.1.1")
        // Well under a second for 100,000; here with room for a debug build on a busy machine. To look for each socket among
        // all others would take minutes.
        #expect(try #require(report["readMilliseconds"] as? Double) < 10_000)
    }

    @Test(
        "Connections of a socket for both families count as the IPv4 ones they are",
        .enabled(if: isRoot, "needs root to make a network namespace"))
    func mapped() async throws {
        let script = """
            listener = socket.create_server(("::", 9000), family=socket.AF_INET6, dualstack_ipv6=True)
            clients = [socket.create_connection(("127.0.0.1", 9000)) for _ in range(2)]
            clients.append(socket.create_connection(("::1", 9000)))
            servers = [listener.accept() for _ in clients]
            sys.exit(subprocess.run([sys.argv[1], "doctor", "--json"]).returncode)
            """
        let report = try object(try await withNamespace(script, product("chat-lab")).output)
        let peers = try #require(report["peers"] as? [[String: Any]])
        #expect(peers.map { $0["address"] as? String } == ["127.0.0.1", "::1"])
        #expect(peers.map { $0["sockets"] as? Int } == [4, 2])
        #expect(report["destinationCount"] as? Int == 2)
    }

    @Test(
        "Without privileges it says which processes it could not see",
        .enabled(if: isRoot, "needs root to become somebody else"))
    func unprivileged() async throws {
        try await withServer(["--answer", "echo", "--close", "never"]) { server in
            #expect(try await runClient(server, ["--close", "active"], input: "one\n").status == 0)
            try await withTemporaryFolder { folder in
                let copy = "\(folder)/chat-lab"
                try FileManager.default.copyItem(atPath: product("chat-lab"), toPath: copy)
                chmod(folder, 0o755)
                let nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", copy]
                let run = try await withProgram(nobody + ["doctor"], input: "")
                #expect(run.status == 0)
                #expect(run.output.contains("processes of other users: only root"))
                #expect(run.output.contains("processes that this user cannot see: "))
                let explanation = try await withProgram(nobody + ["explain", "--port", server.port], input: "")
                #expect(explanation.status == 69)
                #expect(explanation.output.contains("held by a process of user 0 that this user cannot see."))
            }
        }
    }

    @Test("--watch redraws in the terminal's other screen, and leaves it on Ctrl-C with 130")
    func watch() async throws {
        let terminal = try Terminal()
        let run = try await withProgram([product("chat-lab"), "doctor", "--watch", "0.1"], terminal: terminal) { lab in
            for _ in 1...2 { try await lab.output.until("TCP sockets in this network namespace") }
            try lab.type(Terminal.Key.interrupt)
        }
        #expect(run.status == 130)
        #expect(run.output.contains("\u{1B}[?1049h\u{1B}[?25l"))
        #expect(run.output.contains("\u{1B}[?25h\u{1B}[?1049l"))
    }

    @Test("--watch keeps to the window: the first lines stay in sight", arguments: [UInt16(80), 200])
    func window(columns: UInt16) async throws {
        let terminal = try Terminal(columns: columns, rows: 24)
        let run = try await withProgram([product("chat-lab"), "doctor", "--watch", "0.1"], terminal: terminal) { lab in
            for _ in 1...2 { try await lab.output.until("TCP sockets in this network") }
            try lab.type(Terminal.Key.interrupt)
        }
        #expect(run.output.contains("\u{1B}[?7l") && run.output.contains("\u{1B}[?7h"))
        let screens = run.output.components(separatedBy: "\u{1B}[H").dropFirst()
        let screen = try #require(screens.first?.components(separatedBy: "\u{1B}[J").first)
        let lines = screen.replacing(/\u{1B}\[[\d;]*[mK]/, with: "").split(whereSeparator: \.isNewline)
        #expect(lines.count <= 24)
        #expect(lines.filter { $0.count > columns } == [])
        #expect(lines.contains("ADVICE"))
    }

    @Test(
        "Without room for the result they say so: 74",
        arguments: [
            ["doctor"], ["doctor", "--json"], ["doctor", "--watch"], ["explain", "EPIPE"], ["list"],
            ["list", "--cells"], ["show", "A1"],
            ["--help"], ["run", "--help"], ["--version"],
        ])
    func full(_ arguments: [String]) async throws {
        let command = ["sh", "-c", "exec \"$@\" > /dev/full", "sh", product("chat-lab")] + arguments
        let run = try await withProgram(command, input: "")
        #expect(run.status == 74)
        #expect(run.errors == "chat-lab: standard output: ENOSPC (No space left on device)\n")
    }

    @Test("--json --watch writes a line each time, until nobody reads")
    func lines() async throws {
        let command = "\"$1\" doctor --json --watch 0.1 | head -2; echo ${PIPESTATUS[0]}"
        let run = try await withProgram(["bash", "-c", command, "bash", product("chat-lab")], input: "")
        #expect(run.lines.count == 3)
        for line in run.lines.prefix(2) { #expect(try object(line)["schema"] as? Int == 1) }
        #expect(run.lines.last == "0")
        #expect(run.errors == "")
    }
}
