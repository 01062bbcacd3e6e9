import Foundation
import Glibc
import TCPSockets
import TestSupport
import Testing

@Suite(
    "chat-lab watch", .serialized,
    .enabled(if: tracingIsPossible, "needs root of the machine, and a kernel with tracefs"),
    .timeLimit(.minutes(5)))
struct WatchTests {
    private typealias Object = [String: Any]

    private func objects(_ run: Finished) throws -> [Object] {
        try #require(run.status == 0, "\(run.output)\(run.errors)")
        return try run.lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? Object)
        }
    }

    private func name(_ connection: Object, _ side: String) -> String? {
        ((connection["programs"] as? Object)?[side] as? Object)?["name"] as? String
    }

    @Test("Every strategy against a server that closes first and one that closes last: as the kernel's table has it")
    func strategies() async throws {
        let script =
            watching + """
                server, client, lab, strategies = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4].split()
                truth = {}
                watch = Watch(lab, "--format", "json")
                number = 40000
                for close in ["first", "last"]:
                    process = subprocess.Popen(guarded + [server, "--answer", "echo", "--host", address, "--port", str(port), "--close", close],
                                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                    process.stdout.readline()
                    for strategy in strategies:
                        number += 1
                        run = subprocess.Popen(guarded + [client, "--host", address, "--port", str(port), "--local-port", str(number),
                            "--close", strategy, "--close-timeout", "0.3"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, text=True)
                        run.communicate("one\\n")
                        # LISTEN and TIME-WAIT stay; everything else passes.
                        while any(state not in ("0A", "06") for *_, state in sockets() if number in _): time.sleep(0.01)
                        holders = sorted("client" if local == number else "server" for local, remote, state in sockets()
                                         if number in (local, remote) and state == "06")
                        truth[str(number)] = {"strategy": strategy, "close": close, "holders": holders,
                                                        "client": run.pid, "server": process.pid}
                    process.kill()
                    process.wait()
                for connection in watch.connections(len(truth)):
                    connection["truth"] = truth.pop(connection["client"].split(":")[1])
                    print(json.dumps(connection))
                status, _, errors = watch.end()
                sys.exit(0 if status == 130 and not truth else f"{status} {truth} {errors}")
                """
        let strategies = CloseStrategy.allCases.map(\.rawValue).joined(separator: " ")
        let run = try await withNamespace(
            script, product("chat-server"), product("chat-client"), product("chat-lab"), strategies)
        let connections = try objects(run)
        #expect(connections.count == 2 * CloseStrategy.allCases.count)
        let schema = try JSONSchema(
            json: String(
                contentsOfFile: #filePath.components(separatedBy: "/Tests/")[0] + "/docs/schema/story.json",
                encoding: .utf8))
        for var connection in connections {
            let truth = try #require(connection.removeValue(forKey: "truth") as? Object)
            let comment = Comment(rawValue: "\(truth) \(connection)")
            let line = try String(decoding: JSONSerialization.data(withJSONObject: connection), as: UTF8.self)
            #expect(schema.complaints(about: try JSONValue(json: line)).map { "\($0)" } == [], comment)
            let holders = try #require(truth["holders"] as? [String])
            let timeWait = holders.isEmpty ? "none" : holders.count == 2 ? "both" : holders[0]
            #expect(connection["timeWait"] as? String == timeWait, comment)
            let isReset = ["reset", "unread", "disconnect"].contains(truth["strategy"] as? String)
            if truth["close"] as? String == "last" {
                #expect(connection["firstToClose"] as? String == "client", comment)
                #expect(connection["ending"] as? String == (isReset ? "rst" : "fin"), comment)
            }
            if truth["strategy"] as? String == "passive", truth["close"] as? String == "first" {
                #expect(connection["firstToClose"] as? String == "server", comment)
            }
            if connection["ending"] as? String == "fin" {
                #expect(connection["firstToClose"] as? String == timeWait, comment)
                #expect(name(connection, "server") == "chat-server", comment)
            } else {
                let reset = try #require(connection["reset"] as? Object)
                let isUnread = truth["strategy"] as? String == "unread"
                #expect(reset["reason"] as? String == (isUnread ? "TCP_ABORT_ON_CLOSE" : "TCP_STATE"), comment)
                #expect(reset["from"] as? String == "client" && reset["knownFrom"] as? String == "kernel", comment)
            }
            #expect(name(connection, "client") == "chat-client", comment)
        }
    }

    @Test("RST by unread data, by late data, by a killed process; refused; keepalive: who, and the kernel's reason")
    func resets() async throws {
        let script =
            watching + """
                watch = Watch(sys.argv[1], "--format", "json")
                listener = listen()
                def say(case, ends=1):
                    for connection in watch.connections(ends):
                        connection["case"] = case
                        print(json.dumps(connection))
                client, server = pair(listener); client.send(b"x")
                while not struct.unpack("i", fcntl.ioctl(server, 0x541B, b"0000"))[0]: pass
                server.close(); client.close(); say("unread")
                client, server = pair(listener); server.close()
                client.recv(1)
                while not any(state in ("05", "06") and local == port for local, _, state in sockets()): time.sleep(0.01)
                client.send(b"x"); client.close(); say("late")
                program = ("import socket, sys, time; c = socket.create_connection((sys.argv[1], int(sys.argv[2])));"
                           "c.recv(1, socket.MSG_PEEK); print('ready', flush=True); time.sleep(60)")
                child = subprocess.Popen(guarded + [sys.executable, "-c", program, address, str(port)], stdout=subprocess.PIPE)
                server, _ = listener.accept(); server.send(b"x"); child.stdout.readline()
                child.kill(); child.wait(); server.close(); say("killed")
                listener.close()
                try: socket.create_connection((address, port)); sys.exit("connected")
                except ConnectionRefusedError: pass
                say("refused")
                listener = listen()
                client, server = pair(listener)
                for option, value in [(socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 1)]:
                    client.setsockopt(socket.IPPROTO_TCP, option, value)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh22x", b"lo", 0))
                while client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 110: time.sleep(0.05)
                fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh22x", b"lo", 1))
                server.close(); client.close(); say("keepalive")
                sys.exit(0 if watch.end()[0] == 130 else 1)
                """
        let connections = try objects(try await withNamespace(script, product("chat-lab")))
        let told = connections.map { connection -> [String?] in
            let reset = connection["reset"] as? Object
            return ["case", "firstToClose", "ending", "timeWait"].map { connection[$0] as? String }
                + ["from", "cause", "reason"].map { reset?[$0] as? String }
        }
        #expect(
            told == [
                ["unread", "server", "rst", "none", "server", "unread-data", "TCP_ABORT_ON_CLOSE"],
                ["late", "server", "rst", "none", "server", "late-data", "TCP_TIMEWAIT_SOCKET"],
                ["killed", "client", "rst", "none", "client", "unread-data", "TCP_ABORT_ON_CLOSE"],
                ["refused", "server", "refused", "none", "server", "refused", "NO_SOCKET"],
                ["keepalive", "client", "rst", "none", "client", "keepalive", "TCP_KEEPALIVE_TIMEOUT"],
            ])
        // The process that made the calls, whoever's softirq the transitions ran in.
        #expect(connections.allSatisfy { (name($0, "client") ?? "").hasPrefix("python") })
    }

    @Test("Under churn no connection is missing, and none is counted twice")
    func churn() async throws {
        let script =
            watching + """
                server, load, lab = sys.argv[1:4]
                watch = Watch(lab, "--format", "json", "--buffer", "8192")
                process = subprocess.Popen(guarded + [server, "--answer", "echo", "--host", address, "--port", str(port)],
                                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                process.stdout.readline()
                lines = []
                reader = threading.Thread(target=lambda: lines.extend(watch.process.stdout))
                reader.start()
                run = subprocess.run([load, "--host", address, "--port", str(port), "--mode", "churn", "--connections", "8",
                                      "--seconds", "1", "--close", "passive", "--format", "json"], capture_output=True, text=True)
                while any(state not in ("0A", "06") for *_, state in sockets()): time.sleep(0.01)
                # The namespace's own count of connections that were accepted.
                with open("/proc/net/snmp") as file:
                    names, values = [line.split() for line in file if line.startswith("Tcp:")]
                opened = int(values[names.index("PassiveOpens")])
                # What has just ended is told within a second and a half, and a signal takes what is read: so until all is there.
                seen = lambda: [json.loads(line) for line in list(lines) if f'"{address}:{port}"' in line]
                late = time.monotonic() + 60
                while len(seen()) < opened and time.monotonic() < late: time.sleep(0.05)
                watch.process.send_signal(signal.SIGINT); reader.join(); process.kill()
                errors = watch.process.stderr.read()
                ended = seen()
                print(json.dumps({"opened": opened, "ended": len(ended), "different": len({(one["client"], one["opened"]) for one in ended}),
                    "first": sorted({one["firstToClose"] for one in ended}), "lost": "lost" in errors,
                    "openerSeen": all(one["openerSeen"] for one in ended)}))
                """
        let run = try await withNamespace(script, product("chat-server"), product("chat-load"), product("chat-lab"))
        let counts = try #require(try objects(run).first)
        let opened = try #require(counts["opened"] as? Int)
        #expect(opened > 50)
        #expect(counts["ended"] as? Int == opened, "\(counts)")
        #expect(counts["different"] as? Int == opened)
        #expect(counts["first"] as? [String] == ["server"] && counts["openerSeen"] as? Bool == true)
        #expect(counts["lost"] as? Bool == false)
    }

    @Test("Lost events are counted and told")
    func loss() async throws {
        let script =
            watching + """
                watch = Watch(sys.argv[1], "--buffer", "4")
                listener = listen()
                watch.process.send_signal(signal.SIGSTOP)
                for _ in range(500):
                    client, server = pair(listener); client.close(); server.recv(1); server.close()
                watch.process.send_signal(signal.SIGCONT)
                status, output, errors = watch.end()
                print(output, errors)
                """
        let run = try await withNamespace(script, product("chat-lab"))
        #expect(
            run.output.firstMatch(of: /Lost [1-9][\d,]* events: some connections are missing/) != nil, "\(run.output)"
        )
    }

    @Test("Nothing is left in tracefs by SIGINT and SIGTERM, and what SIGKILL leaves the next one removes")
    func leftovers() async throws {
        let script =
            watching + """
                lab = sys.argv[1]
                for number, status in [(signal.SIGINT, 130), (signal.SIGTERM, 143)]:
                    watch = Watch(lab)
                    name = f"chat-lab-watch-{watch.process.pid}"
                    assert name in instances(), instances()
                    assert watch.end(number)[0] == status
                    assert name not in instances(), instances()
                watch = Watch(lab)
                name = f"chat-lab-watch-{watch.process.pid}"
                other = Watch(lab)
                watch.process.kill(); watch.process.wait()
                assert name in instances(), instances()
                third = Watch(lab)
                assert name not in instances(), instances()
                assert f"chat-lab-watch-{other.process.pid}" in instances(), instances()
                errors = other.end()[2] + third.end()[2]
                assert "that a killed watch had left" in errors, errors
                """
        let run = try await withNamespace(script, product("chat-lab"))
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test("Where the two ends do not mirror each other, the socket table tells what came after FIN-WAIT-2")
    func redirected() async throws {
        let script =
            watching + """
                table = "add table ip t; add chain ip t o { type nat hook output priority -100; };"
                redirect = f"add rule ip t o ip daddr {address} tcp dport {port} redirect to :{port + 1}"
                if subprocess.run(["nft", table + redirect], stderr=subprocess.DEVNULL).returncode != 0: sys.exit(0)
                watch = Watch(sys.argv[1], "--format", "json")
                listener = socket.create_server(("127.0.0.1", port + 1))
                def say(case, client):
                    end = f"{client[0]}:{client[1]}"
                    while (one := watch.connections(1)[0])["client"] != end: pass
                    print(json.dumps(one | {"case": case}))
                client, server = pair(listener); name = client.getsockname()
                client.close(); server.recv(1); server.close(); say("client first", name)
                client, server = pair(listener); name = client.getsockname()
                client.close(); server.recv(1); say("server does not close", name); server.close()
                client, server = pair(listener); name = client.getsockname()
                server.close(); client.recv(1); client.close(); say("server first", name)
                watch.end()
                """
        let told = try objects(try await withNamespace(script, product("chat-lab"))).map { connection in
            ["case", "firstToClose", "ending", "timeWait", "directionsSeen"].map { connection[$0] as? String ?? "" }
                + ["\(connection["timeWaitSeen"] as? Bool == true)"]
        }
        // Without nft(8), or without NAT in the kernel, there is nothing to see.
        guard !told.isEmpty else { return }
        #expect(
            told == [
                ["client first", "client", "fin", "client", "client", "true"],
                ["server does not close", "client", "open", "unknown", "client", "false"],
                ["server first", "server", "fin", "server", "client", "false"],
            ])
    }

    @Test("connect() that finds no free port is told, with its destination")
    func noPort() async throws {
        let script =
            watching + """
                setting("net/ipv4/ip_local_port_range", "40000 40001")
                watch = Watch(sys.argv[1])
                listener = listen()
                kept = [pair(listener) for _ in range(2)]
                try: socket.create_connection((address, port)); sys.exit("connected")
                except OSError as error: assert error.errno == 99, error
                print(f"to {address}:{port} 1.")
                print(watch.end()[1])
                """
        let run = try await withNamespace(script, product("chat-lab"))
        let sentence = "connect() found no free port: \(run.lines.first ?? "?")"
        #expect(
            run.output.contains(sentence) && run.output.contains("Seen and still open: 2."),
            "\(run.output)\(run.errors)"
        )
    }

    @Test("Connections of another network namespace are told, and said to be that")
    func otherNamespace() async throws {
        let script =
            watching + """
                watch = Watch(sys.argv[1], "--process", str(os.getpid()))
                # Another network namespace than the watch's.
                assert __import__("ctypes").CDLL(None).unshare(0x40000000) == 0
                fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh22x", b"lo", 1))
                listener = listen()
                client, server = pair(listener); client.close(); server.recv(1); server.close()
                print(watch.process.stdout.readline())
                print(watch.end()[1])
                """
        let run = try await withNamespace(script, product("chat-lab"))
        #expect(
            run.output.contains("closed first, with a FIN; its host holds TIME-WAIT for 60 s"),
            "\(run.output)\(run.errors)")
        #expect(run.output.contains("(Another network namespace.)"))
        #expect(run.output.contains("In other network namespaces: 1."))
    }

    @Test("On a terminal: a table, keys, and the terminal given back", arguments: [UInt16(40), 80])
    func table(columns: UInt16) async throws {
        let terminal = try Terminal(columns: columns, rows: 24)
        let before = terminal.settings
        let run = try await withProgram([product("chat-lab"), "watch", "--port", "1"], terminal: terminal) { lab in
            try await lab.output.until("SERVICE")
            try lab.type("s")
            try await lab.output.until("sort: client first")
            try lab.type("p")
            try await lab.output.until("PAUSED")
            try lab.type("q")
        }
        #expect(run.status == 0)
        #expect(run.output.contains("\u{1B}[?1049h") && run.output.contains("\u{1B}[?25h\u{1B}[?1049l"))
        #expect(terminal.settings == before)
        #expect(run.output.contains("0 connections ended in"))
    }

    @Test(
        "doctor --seconds and explain --port --seconds say who closed first",
        arguments: [["doctor", "--port"], ["explain", "--port"]])
    func ends(_ command: [String]) async throws {
        let script =
            watching + """
                server, client, lab, *command = sys.argv[1:]
                process = subprocess.Popen(guarded + [server, "--answer", "echo", "--host", address, "--port", str(port)],
                                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                process.stdout.readline()
                run = subprocess.Popen(guarded + [lab, *command, str(port), "--seconds", "3"], stdout=subprocess.PIPE, text=True)
                while run.poll() is None:
                    ask(client, "--host", address, "--port", str(port), "--close", "passive")
                print(f"{address}:{port}", run.stdout.read())
                process.kill()
                """
        let run = try await withNamespace(
            script, product("chat-server"), product("chat-client"), product("chat-lab"), command[0], command[1])
        let text = run.output.replacing(/\s+/, with: " ")
        let address = text.prefix { $0 != " " }
        #expect(
            text.firstMatch(
                of: /: [\d,]+ connections? ended in the last 3 s; chat-server closed first in 100 %\./)
                != nil, "\(run.output)\(run.errors)")
        #expect(text.contains("\(address) (chat-client → chat-server): "))
    }
}

@Suite("chat-lab watch without the right to trace", .serialized, .timeLimit(.minutes(5)))
struct WatchRightsTests {
    private func asNobody(_ arguments: String...) async throws -> Finished {
        try await withTemporaryFolder { folder in
            let copy = "\(folder)/chat-lab"
            try FileManager.default.copyItem(atPath: product("chat-lab"), toPath: copy)
            chmod(folder, 0o755)
            let nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", copy]
            return try await withProgram(nobody + arguments, input: "")
        }
    }

    @Test("says what is missing and ends with 77", .enabled(if: geteuid() == 0, "needs root to become somebody else"))
    func unprivileged() async throws {
        let run = try await asNobody("watch")
        #expect(run.status == 77 && run.output == "")
        for word in ["EPERM", "mode 0700", "sudo chat-lab watch", "--sample"] {
            #expect(run.errors.contains(word), "\(word)")
        }
    }

    @Test(
        "--sample needs none, and says what it misses",
        .enabled(if: geteuid() == 0, "needs root to become somebody else"))
    func sample() async throws {
        let run = try await asNobody("watch", "--sample", "--seconds", "0.1")
        #expect(run.status == 0 && run.errors == "")
        #expect(run.output.contains("Mostly not seen: connections that end by RST"))
        #expect(run.lines.contains { $0.hasPrefix("SERVICE") })
    }
}
