import Testing

@Suite(
    "Ports that have run out", .enabled(if: namespaceIsPossible, "needs root, python3 and ip(8)"), .serialized,
    .timeLimit(.minutes(5)))
struct PortShortageTests {
    @Test("pinned by bind(address, 0) of another program: its process, and what it has to set")
    func pinned() async throws {
        let lines = try await said(
            """
            setting("net/ipv4/ip_local_port_range", "40000 40009")
            wanted, other = hold("127.0.0.1", 7001), hold("127.0.0.1", 7002, backlog=64)
            held = []
            for _ in range(10):
                caller = socket.socket()
                caller.bind(("127.0.0.1", 0))
                caller.connect(("127.0.0.1", 7002))
                held.append(caller)
            say(client, "--port", 7001)
            print(os.getpid())
            """)
        #expect(lines[0].hasPrefix("75 "))
        #expect(
            lines[0].contains(
                "All 10 ephemeral ports (40000-40009) are in use, none by TIME-WAIT; 10 of these by bind()"))
        #expect(lines[0].contains("most of them by python3 (process \(lines[1]))."))
        #expect(lines[0].contains("IP_BIND_ADDRESS_NO_PORT"))
    }

    @Test("for bind(address, 0): IP_BIND_ADDRESS_NO_PORT is named where it is the cure, and not where it is none")
    func noPort() async throws {
        let lines = try await said(
            """
            setting("net/ipv4/ip_local_port_range", "40000 40009")
            setting("net/ipv4/tcp_tw_reuse", "0")
            one = hold("127.0.0.1", 7001, backlog=64)
            held = [socket.create_connection(("127.0.0.1", 7001)) for _ in range(10)]
            process = serve(server, "--port", "7002")
            command = [client, "--port", 7002, "--local-address", "127.0.0.1"]
            say(*command, words="one\\n")
            say(*command, "--bind-no-port", words="one\\n")
            say(client, "--port", 7001, "--local-address", "127.0.0.1")
            process.kill()
            """)
        #expect(lines[0].hasPrefix("75 "))
        #expect(lines[0].contains("All 10 ephemeral ports (40000-40009) are in use"))
        #expect(lines[0].contains("Set IP_BIND_ADDRESS_NO_PORT (--bind-no-port): "))
        #expect(lines[1] == "0 one")
        #expect(lines[2].hasPrefix("75 ") && !lines[2].contains("NO_PORT"))
    }

    @Test(
        "for bind(address, 0) where another program has pinned all: IP_BIND_ADDRESS_NO_PORT here is no cure, there it is"
    )
    func pinnedForBind() async throws {
        let lines = try await said(
            """
            setting("net/ipv4/ip_local_port_range", "40000 40009")
            wanted, other = hold("127.0.0.1", 7001), hold("127.0.0.1", 7002, backlog=64)
            held = []
            for _ in range(10):
                caller = socket.socket()
                caller.bind(("127.0.0.1", 0))
                caller.connect(("127.0.0.1", 7002))
                held.append(caller)
            def segments():
                return [line for line in open("/proc/net/snmp") if line.startswith("Tcp:")][1].split()[11]
            before = segments()
            say(client, "--port", 7001, "--local-address", "127.0.0.1")
            print(segments() == before)
            """)
        #expect(lines[0].hasPrefix("75 ") && lines[0].contains("EADDRINUSE"))
        #expect(lines[0].contains("none by TIME-WAIT; 10 of these by bind(), which pins"))
        #expect(lines[0].contains("Have that program set IP_BIND_ADDRESS_NO_PORT"))
        #expect(!lines[0].contains("--bind-no-port") && lines[1] == "True")
    }

    @Test("pinned from another address of this host, to the same destination")
    func pinnedElsewhere() async throws {
        let lines = try await said(
            """
            setting("net/ipv4/ip_local_port_range", "40000 40009")
            wanted = hold("127.0.0.1", 7001, backlog=64)
            held = []
            for _ in range(10):
                caller = socket.socket()
                caller.bind(("127.0.0.2", 0))
                caller.connect(("127.0.0.1", 7001))
                held.append(caller)
            say(client, "--port", 7001)
            """)
        #expect(lines[0].hasPrefix("75 ") && lines[0].contains("; 10 of these by bind(), which pins"))
    }

    @Test("out of an odd range of one's own, of which bind(address, 0) tries all but one")
    func oddOwnRange() async throws {
        let lines = try await said(
            """
            listener = hold("127.0.0.1", 7001)
            setting("net/ipv4/ip_local_port_range", "40000 40009")
            held = [hold("127.0.0.1", port) for port in (40000, 40001)]
            say(client, "--port", 7001, "--local-address", "127.0.0.1", "--local-port-range", "40000-40002")
            """)
        #expect(lines[0].hasPrefix("75 ") && lines[0].contains("2 of 3 ephemeral ports (40000-40002) are in use"))
        #expect(lines[0].contains("does not try all odd ports"))
    }

    @Test("by TIME-WAIT: ports are counted, however many sockets each has")
    func countsPorts() async throws {
        let lines = try await said(
            """
            setting("net/ipv4/ip_local_port_range", "40000 40003")
            setting("net/ipv4/tcp_tw_reuse", "0")
            for port in (7001, 7002, 7003):
                listener = hold("127.0.0.1", port)
                for _ in range(4):
                    caller = socket.create_connection(("127.0.0.1", port))
                    taken, _ = listener.accept()
                    caller.close()
                    taken.close()
            until(lambda: states("40000").count("TIME-WAIT") == 3)
            say(client, "--port", 7009, "--local-address", "127.0.0.1")
            """)
        #expect(lines[0].hasPrefix("75 ") && lines[0].contains("All 4 ephemeral ports (40000-40003)"))
        #expect(lines[0].contains("4 of these by TIME-WAIT."))
        #expect(lines[0].contains("connect() finds one that is free for this one"))
    }

    @Test("out of an odd range, of which connect() tries all but one")
    func odd() async throws {
        let lines = try await said(
            """
            setting("net/ipv4/ip_local_port_range", "40000 40002")
            listener = hold("127.0.0.1", 7001)
            held = [socket.create_connection(("127.0.0.1", 7001)) for _ in range(2)]
            say(client, "--port", 7001)
            """)
        #expect(lines[0].hasPrefix("75 ") && lines[0].contains("2 of 3 ephemeral ports (40000-40002)"))
        #expect(lines[0].contains("none by TIME-WAIT"))
    }

    @Test("out of a range of one's own, which the kernel cuts to the system's, or passes over")
    func ownRange() async throws {
        let lines = try await said(
            """
            setting("net/ipv4/ip_local_port_range", "40000 40009")
            process = serve(server, "--port", "7001", "--close", "last")
            command = [client, "--port", 7001, "--local-port-range", "40008-50000"]
            for _ in range(3):
                say(*command, words="one\\n")
            say(client, "--port", 7001, "--local-port-range", "50000-50009", "--aftermath", words="one\\n")
            process.kill()
            """)
        let note = "the port is one of 40008-40009: of --local-port-range 40008-50000 the kernel uses"
        #expect(lines[0...1].allSatisfy { $0.hasPrefix("0 one ") && $0.contains(note) })
        #expect(lines[2].hasPrefix("75 "))
        #expect(lines[2].contains("All 2 ephemeral ports (40008-40009) are in use, 2 of these by TIME-WAIT."))
        #expect(lines[3].hasPrefix("0 one ") && lines[3].contains("the port is one of 40000-40009"))
        #expect(lines[3].contains(#/127\.0\.0\.1:4000\d → /#))
    }
}
