import Testing

@Suite(
    "The seconds until a port is free", .enabled(if: namespaceIsPossible, "needs root, python3 and ip(8)"), .serialized,
    .timeLimit(.minutes(5)))
struct OrphanDiagnosisTests {
    @Test("are not told of a FIN-WAIT-1 whose peer does not read, though its timer runs and its program lives")
    func finWait1() async throws {
        let lines = try await said(
            """
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            listener.bind(("127.0.0.1", 7001))
            listener.listen()
            caller = socket.create_connection(("127.0.0.1", 7001), source_address=("127.0.0.1", 7002))
            taken, _ = listener.accept()
            caller.setblocking(False)
            try:
                while True: caller.send(b"x" * 65536)
            except BlockingIOError: pass
            caller.close()
            until(lambda: "FIN-WAIT-1" in states(7002))
            say(client, "--port", 7001, "--local-port", 7002)
            say(lab, "explain", "--port", 7002)
            """)
        #expect(lines[0].hasPrefix("75 "))
        #expect(lines[0].contains("FIN-WAIT-1: closed here, and its peer has not acknowledged everything."))
        #expect(lines[0].contains("at no fixed time") && !lines[0].contains("Try again in"))
        #expect(lines[1].hasPrefix("75 "))
        #expect(lines[1].contains("FIN-WAIT-1, closed here, and its peer has not acknowledged everything."))
        #expect(!(lines[0] + lines[1]).contains("gone"))
    }

    @Test(
        "are not told of a LAST-ACK whose FIN nobody acknowledges",
        .enabled(if: isInstalled("nft"), "nft is not installed"))
    func lastAck() async throws {
        let lines = try await said(
            """
            listener = hold("127.0.0.1", 7001)
            caller = socket.create_connection(("127.0.0.1", 7001), source_address=("127.0.0.1", 7002))
            taken, _ = listener.accept()
            taken.close()
            caller.recv(1)
            sh("nft add table inet t; nft add chain inet t o '{ type filter hook input priority 0; }'")
            sh("nft add rule inet t o tcp sport 7002 drop")
            caller.close()
            until(lambda: "LAST-ACK" in states(7002))
            say(client, "--port", 7001, "--local-port", 7002)
            """)
        #expect(lines[0].hasPrefix("75 ") && lines[0].contains("LAST-ACK: closed here"))
        #expect(!lines[0].contains("Try again in"))
    }

    @Test("are the least of a FIN-WAIT-2 under tcp_fin_timeout above 60, with the twice of what is above beside it")
    func finWait2() async throws {
        let lines = try await said(
            """
            import time
            setting("net/ipv4/tcp_fin_timeout", "63")
            listener = hold("127.0.0.1", 7001)
            caller = socket.create_connection(("127.0.0.1", 7001), source_address=("127.0.0.1", 7002))
            taken, _ = listener.accept()
            caller.close()
            until(lambda: "FIN-WAIT-2" in states(7002))
            begun = time.monotonic()
            say(client, "--port", 7001, "--local-port", 7002)
            until(lambda: states(7002) == "")
            print(time.monotonic() - begun)
            """)
        #expect(lines[0].hasPrefix("75 ") && lines[0].contains("FIN-WAIT-2, "))
        let told = try #require(lines[0].firstMatch(of: /TCP_LINGER2, it stays ([\d.]+) s/).flatMap { Double($0.1) })
        let stayed = try #require(Double(lines[1]))
        #expect(abs(told - stayed) < 1.5, "told \(told) s, stayed \(stayed) s")
        let least = try #require(
            lines[0].firstMatch(of: /Try again in ([\d.]+) s at the earliest/).flatMap { Double($0.1) })
        #expect(least <= 3 && lines[0].contains("FIN-WAIT-2, at least \(least) s left"))
    }

    @Test("are the least only of a FIN-WAIT-2 whose program has set TCP_LINGER2, which the kernel does not tell")
    func linger2() async throws {
        let lines = try await said(
            """
            import time
            listener = hold("127.0.0.1", 7001)
            caller = socket.socket()
            caller.bind(("127.0.0.1", 7002))
            caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, 63)
            caller.connect(("127.0.0.1", 7001))
            taken, _ = listener.accept()
            caller.close()
            until(lambda: "FIN-WAIT-2" in states(7002))
            begun = time.monotonic()
            say(client, "--port", 7001, "--local-port", 7002)
            say(lab, "explain", "--port", 7002)
            say(lab, "doctor", "--json")
            until(lambda: states(7002) == "")
            print(time.monotonic() - begun)
            """)
        #expect(lines[0].hasPrefix("75 ") && lines[0].contains("if its program set TCP_LINGER2"))
        let least = try #require(
            lines[0].firstMatch(of: /Try again in ([\d.]+) s at the earliest/).flatMap { Double($0.1) })
        #expect(least > 0.5 && least <= 3 && lines[0].contains("FIN-WAIT-2, at least \(least) s left"))
        #expect(lines[1].contains(#/FIN-WAIT-2, at least [\d.]+ s left/#))
        #expect(lines[2].contains("\"secondsLeft\" : null") && lines[2].contains(#/"atLeastSecondsLeft" : [0-3]/#))
        #expect(try #require(Double(lines[3])) > least + 1)
    }

    @Test("come with SO_REUSEADDR, which needs no waiting, where a server has left it out")
    func reuseAddress() async throws {
        let lines = try await said(
            """
            time_wait(7001)
            say(server, "--port", 7001, "--no-reuse-address")
            """)
        #expect(lines[0].hasPrefix("75 "))
        let words =
            /s left\. Try again in \d\d\.\d s, or at once with SO_REUSEADDR before bind\(\) \(leave out --no-reuse-address\)/
        #expect(lines[0].contains(words))
    }
}
