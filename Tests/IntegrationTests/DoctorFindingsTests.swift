import Testing

@Suite(
    "What doctor finds besides", .enabled(if: namespaceIsPossible, "needs root, python3 and ip(8)"), .serialized,
    .timeLimit(.minutes(5)))
struct DoctorFindingsTests {
    @Test(
        "Piles of SYN-SENT, by destination", .enabled(if: isInstalled("nft"), "nft is not installed"))
    func unanswered() async throws {
        let lines = try await said(
            """
            sh("nft add table inet t; nft add chain inet t i '{ type filter hook input priority 0; }'")
            sh("nft add rule inet t i tcp dport 7001 drop")
            callers = [call("127.0.0.1", 7001) for _ in range(6)]
            def repeated():
                text = subprocess.run(["ss", "-Htano", "state", "syn-sent"], capture_output=True, text=True).stdout
                return len(re.findall(r"timer:\\(on,[^,]*,[1-9]", text)) == 6
            until(repeated)
            say(lab, "doctor")
            say(lab, "doctor", "--json")
            """)
        #expect(
            lines[0].contains(
                "6 connections to 127.0.0.1:7001 wait in SYN-SENT, 6 of them with a repeated SYN"))
        #expect(lines[1].contains(#"{ "count" : 6, "destination" : "127.0.0.1:7001", "repeated" : 6 }"#))
    }

    @Test("Overflows of a listener's queue, although it is empty again")
    func overflows() async throws {
        let lines = try await said(
            """
            held = hold("127.0.0.1", 7001, backlog=1)
            callers = [call("127.0.0.1", 7001) for _ in range(6)]
            def count():
                rows = [line.split() for line in open("/proc/net/netstat") if line.startswith("TcpExt:")]
                return int(rows[1][rows[0].index("ListenOverflows")])
            until(lambda: count() > 0)
            held.close()
            for caller in callers: caller.close()
            print(count())
            say(lab, "doctor")
            """)
        #expect(lines[1].contains("A listener's queue was full \(lines[0]) times since this network namespace began"))
        #expect(lines[1].contains("(ListenOverflows)"))
    }

    @Test(
        "The table of connection tracking, and when it is full",
        .enabled(if: isInstalled("nft"), "nft is not installed"))
    func tracking() async throws {
        let lines = try await said(
            """
            if not os.path.exists("/proc/sys/net/netfilter/nf_conntrack_count"): sys.exit(0)
            sh("nft add table inet t; nft add chain inet t i '{ type filter hook input priority 0; }'")
            sh("nft add rule inet t i ct state new accept")
            held = hold("127.0.0.1", 7001)
            callers = [socket.create_connection(("127.0.0.1", 7001)) for _ in range(3)]
            print(open("/proc/sys/net/netfilter/nf_conntrack_count").read().strip())
            say(lab, "doctor", "--verbose")
            """)
        guard !lines.isEmpty else { return }
        #expect(Int(lines[0]) == 3)
        #expect(lines[1].contains("CONNECTION TRACKING 3 of "))
    }

    @Test("CLOSE-WAIT is not said to end by close() alone, for keepalive ends it as well")
    func closeWait() async throws {
        let lines = try await said(
            """
            listener = hold("127.0.0.1", 7001)
            caller = socket.create_connection(("127.0.0.1", 7001))
            taken, _ = listener.accept()
            caller.close()
            until(lambda: "CLOSE-WAIT" in states(7001))
            say(lab, "doctor")
            say(lab, "explain", "CLOSE-WAIT")
            """)
        #expect(lines[0].contains("1 socket in CLOSE-WAIT"))
        for line in lines { #expect(!line.contains("only its close()") && !line.contains("Nothing else ends")) }
        #expect(lines[1].contains("SO_KEEPALIVE"))
    }

    @Test("With hardly any descriptors every command ends with a code, and not by a signal", arguments: 4...12)
    func descriptors(_ limit: Int) async throws {
        let commands = [
            ["doctor"], ["explain", "EPIPE"], ["explain", "--port", "7000"], ["list"], ["run", "explicit-active"],
        ]
        for command in commands {
            let run = try await withProgram(
                ["prlimit", "--nofile=\(limit)", product("chat-lab")] + command, input: "")
            #expect([0, 70, 77].contains(run.status), "\(command): \(run.status)")
            if run.status != 0 { #expect(run.errors.contains("EMFILE")) }
        }
    }
}
