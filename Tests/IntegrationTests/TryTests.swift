import Foundation
import Glibc
import TestSupport
import Testing

@Suite(
    "chat-lab try", .enabled(if: canRunTrials, "needs root and /dev/net/tun"), .timeLimit(.minutes(5)))
struct TryTests {
    private static let schema = #filePath.components(separatedBy: "/Tests/")[0] + "/docs/schema/story.json"

    /// A server in a line of Python, which need not be installed elsewhere: it takes each client and hands it to a body.
    private func server(_ body: String, host: String = "server", _ options: String = "") -> String {
        """
        exec python3 -c '
        import os, socket, struct, sys, time
        family = socket.AF_INET6 if ":" in os.environ["SERVER"] else socket.AF_INET
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, \(options.isEmpty ? "1" : options))
        listener.bind(("\(host)", int(os.environ["PORT"])))
        listener.listen()
        while True:
            peer, _ = listener.accept()
        \(body.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        '
        """
    }

    private func client(_ body: String, port: Int? = nil) -> String {
        """
        exec python3 -c '
        import os, socket, struct, sys, time
        family = socket.AF_INET6 if ":" in os.environ["SERVER"] else socket.AF_INET
        peer = socket.socket(family)
        \(port.map { "peer.bind((\"client\", \($0)))" } ?? "")
        peer.connect(("server", int(os.environ["PORT"])))
        \(body)
        '
        """
    }

    /// It answers the end of the stream with its own.
    private let echoEnd = "peer.recv(9)\npeer.close()"

    private func told(_ run: Finished) throws -> ToldTrial {
        try #require(run.status == 0, "\(run.status): \(run.errors)")
        return try decoded(ToldTrial.self, run.output)
    }

    @Test("The sentence first, then segments with both hosts' states, what it means, and how the programs ended")
    func text() async throws {
        let run = try await runTrial(server: server(echoEnd), client: client("peer.close()"))
        #expect((run.status, run.errorsAtAnyPace) == (0, ""))
        let words = run.output.replacing("\n", with: " ")
        let port = try #require(words.firstMatch(of: /the port (\d+)\./)?.output.1)
        #expect(
            words.hasPrefix(
                "python3 (client) closed first, with a FIN; its host holds TIME-WAIT for 60 s, and with it the port \(port)."
            ))
        let ladder = run.lines.filter { $0.contains("--") && $0.hasPrefix(" ") }
        #expect(ladder.first?.contains("-- SYN seq 0 --") == true)
        #expect(ladder.first?.hasPrefix("  1 SYN-SENT ") == true)
        #expect(ladder.last?.hasPrefix("  \(ladder.count) TIME-WAIT ") == true)
        #expect(run.output.contains("Strategy  Like chat-client --close active: close() before"))
        #expect(run.output.contains("Server    python3 listened on 192.0.2.2:8000. It kept running."))
        #expect(run.output.contains("\nClient    It ended with exit status 0.\n"))
        #expect(run.lines.last == "This was one run; --times 10 shows whether who closes first varies.")
        #expect(run.lines.allSatisfy { $0.count <= 100 })
    }

    @Test("JSON as the schema has it, over IPv4 and IPv6", arguments: ["4", "6"])
    func json(family: String) async throws {
        let run = try await runTrial(
            server: server("peer.close()"), client: client("peer.recv(9)\npeer.close()"),
            ["--format", "json", "--family", family, "--again"])
        let schema = try JSONSchema(json: String(contentsOfFile: Self.schema, encoding: .utf8))
        #expect(schema.complaints(about: try JSONValue(json: run.output)).map { "\($0)" } == [])
        let told = try told(run)
        let connection = try #require(told.connections.first)
        #expect((connection.firstToClose, connection.timeWait, connection.timeWaitSeen) == ("server", "server", true))
        #expect(connection.client.hasPrefix(family == "4" ? "192.0.2.1:" : "[2001:db8::1]:"))
        #expect(connection.programs.client?.name == "python3" && connection.programs.server?.name == "python3")
        let again = try #require(told.again)
        #expect((again.exit, again.worked, again.bind, again.connect) == (0, true, "ok", "ok"))
    }

    @Test(
        "Why a RST was sent, by the kernel's counters",
        arguments: [
            ("peer.setsockopt(1, 13, struct.pack(\"ii\", 1, 0)); peer.close()", "linger-zero", "reset"),
            ("peer.recv(9, socket.MSG_PEEK); peer.close()", "unread-data", "unread"),
        ])
    func reset(body: String, cause: String, strategy: String) async throws {
        // close() with data unread is that, whatever SO_LINGER says (net/ipv4/tcp.c, __tcp_close).
        let data = cause == "unread-data" ? "peer.send(b\"hello\")" : ""
        let sends = server("\(data)\ntry: peer.recv(9)\nexcept OSError: pass\npeer.close()")
        let run = try await runTrial(server: sends, client: client(body), ["--format", "json"])
        let reset = try #require(try told(run).connections.first?.reset)
        #expect((reset.from, reset.cause, reset.knownFrom) == ("client", cause, "kernel"))
        let text = try await runTrial(server: sends, client: client(body))
        #expect(text.output.contains("Like chat-client --close \(strategy): "))
    }

    @Test("shutdown() is told from close()")
    func halfClose() async throws {
        let run = try await runTrial(
            server: server(echoEnd), client: client("peer.shutdown(socket.SHUT_WR); peer.recv(9); peer.close()"))
        #expect(run.output.contains("Strategy  Like chat-client --close half-close: shutdown(SHUT_WR), "))
    }

    @Test("The same client on a fixed port again, whose port its TIME-WAIT holds: it does not work, and no SYN left")
    func again() async throws {
        let run = try await runTrial(
            server: server(echoEnd), client: client("peer.close()", port: 5000), ["--format", "json", "--again"])
        let again = try #require(try told(run).again)
        // Whether the kernel shows its tracepoints here.
        let look = "mount -t tracefs none /mnt && test -e /mnt/events/raw_syscalls/sys_exit/enable && ls /mnt/instances"
        let tracing = try await withProgram(["unshare", "--mount", "sh", "-c", look], input: "")
        let canAsk = tracing.status == 0
        let calls = canAsk ? ("EADDRINUSE", "not called") : ("unknown", "unknown")
        #expect((again.exit, again.worked, again.bind, again.connect) == (1, false, calls.0, calls.1))
    }

    @Test("A server that closes first is started again at once: with SO_REUSEADDR it listens, without it does not")
    func restart() async throws {
        for option in ["1", "0"] {
            let run = try await runTrial(
                server: server("peer.close()", option), client: client("peer.recv(9)\npeer.close()"),
                ["--restart-server"])
            #expect(run.status == 0)
            let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if option == "1" {
                #expect(words.contains("the listener has SO_REUSEADDR."))
                #expect(words.contains("Restarted The server listens again on its port "))
            } else {
                #expect(words.contains("bind() fails with EADDRINUSE, because the listener has no SO_REUSEADDR."))
                #expect(
                    words.contains("Restarted The server does not listen again on its port: the server ended and never")
                )
                #expect(words.contains("On its port: 1 in TIME-WAIT."))
            }
        }
    }

    @Test("A whole run goes into a folder: captures, drawings, a page, JSON")
    func folder() async throws {
        try await withTemporaryFolder { folder in
            let output = "\(folder)/out"
            let run = try await runTrial(
                server: server(echoEnd), client: client("peer.close()"), ["--output", output])
            #expect(run.status == 0)
            #expect(run.errorsAtAnyPace == "The page is \(output)/try.html\n")
            let names = try FileManager.default.contentsOfDirectory(atPath: output).sorted()
            #expect(names == ["connection-1.pcap", "connection-1.svg", "try.html", "try.json", "try.pcap"])
            let drawing = try Data(contentsOf: URL(filePath: "\(output)/connection-1.svg"))
            let svg = String(decoding: drawing, as: UTF8.self)
            #expect(svg.hasPrefix("<svg class=\"sq\" xmlns=\"http://www.w3.org/2000/svg\""))
            #expect(!svg.contains("var(--"))
            let lint = try await withProgram(
                [
                    "python3", "-c", "import sys, xml.dom.minidom as m; m.parse(sys.argv[1])",
                    "\(output)/connection-1.svg",
                ], input: "")
            #expect((lint.status, lint.errors) == (0, ""))
            let told = try decoded(ToldTrial.self, String(contentsOfFile: "\(output)/try.json", encoding: .utf8))
            #expect(told.connections.map(\.pcap) == ["connection-1.pcap"])
        }
    }

    @Test("So many connections are told in full, all are counted; --times says how often which way")
    func many() async throws {
        let five = client(
            "for _ in range(5): other = socket.create_connection((\"server\", int(os.environ[\"PORT\"]))); other.close()\npeer.close()"
        )
        let run = try await runTrial(server: server(echoEnd), client: five, ["--times", "2"])
        #expect(run.status == 0)
        #expect(run.output.contains("6 connections in all, by how they ended:"))
        #expect(run.output.contains("\n3: ") && !run.output.contains("\n4: "))
        #expect(
            run.output.hasSuffix(
                "2 runs, each on new hosts; the first is shown.\n  12 × the client closed first, by FIN, TIME-WAIT at the client\n"
            ))
    }

    @Test("An ordinary user may do the same where /dev/net/tun is open to everybody")
    func ordinaryUser() async throws {
        // The build folder may be closed to others: the copy of one program is enough.
        try await withTemporaryFolder { folder in
            let copy = "\(folder)/chat-lab"
            try FileManager.default.copyItem(atPath: product("chat-lab"), toPath: copy)
            chmod(folder, 0o755)
            // For this test alone.
            let open = """
                mount -t tmpfs -o mode=755 none /dev/net; mknod -m 666 /dev/net/tun c 10 200
                cd /; exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
                """
            let command = ["unshare", "--mount", "sh", "-ec", open, "sh", copy, "try", "--format", "json"]
            let run = try await withProgram(
                command + ["--server", server(echoEnd), "--client", client("peer.close()")], input: "")
            let connection = try #require(try told(run).connections.first)
            #expect((connection.firstToClose, connection.timeWait) == ("client", "client"))
            #expect(connection.programs.client?.name == "python3" && connection.programs.server?.name == "python3")
        }
    }

    @Test("Kernel settings are those of both hosts")
    func sysctl() async throws {
        let show = "cat /proc/sys/net/ipv4/tcp_fin_timeout >&2; exit 9"
        let run = try await runTrial(server: show, client: "true", ["--sysctl", "net.ipv4.tcp_fin_timeout=17"])
        #expect(run.status == 70)
        #expect(run.errorsAtAnyPace == "chat-lab: the server ended and never listened: exit status 9. It said: 17\n")
    }
}
