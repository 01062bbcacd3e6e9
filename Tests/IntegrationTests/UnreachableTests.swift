import Testing

@Suite(
    "Why a host is not reached", .enabled(if: namespaceIsPossible, "needs root, python3 and ip(8)"), .serialized,
    .timeLimit(.minutes(5)))
struct UnreachableTests {
    @Test(
        "A firewall rejects by ICMP: no RST is claimed, and a listener of this host is named",
        .enabled(if: isInstalled("nft"), "nft is not installed"))
    func rejected() async throws {
        let lines = try await said(
            """
            sh("nft add table inet t; nft add chain inet t i '{ type filter hook input priority 0; }'")
            kinds = ("port-unreachable", "admin-prohibited", "host-unreachable", "no-route")
            held = []
            for number, kind in enumerate(kinds):
                sh(f"nft add rule inet t i tcp dport {7001 + number} reject with icmpx type {kind}")
                for address in ("127.0.0.1", "::1"):
                    held.append(hold(address, 7001 + number))
                    say(client, "--host", address, "--port", 7001 + number)
            say(client, "--host", "::ffff:127.0.0.1", "--port", 7001)
            """)
        let names = ["ECONNREFUSED", "EHOSTUNREACH", "EHOSTUNREACH", "ENETUNREACH"]
        let names6 = ["ECONNREFUSED", "EACCES", "EHOSTUNREACH", "ENETUNREACH"]
        try #require(lines.count == 9)
        for (index, line) in lines.prefix(8).enumerated() {
            let isV6 = index % 2 == 1
            #expect(line.contains((isV6 ? names6 : names)[index / 2]))
            #expect(line.contains("firewall") && !line.contains("answered RST") && !line.contains("nothing listens"))
            let listener = "\(isV6 ? "[::1]" : "127.0.0.1"):\(7001 + index / 2) is listening, held by python3"
            #expect(line.contains(listener), "\(line)")
        }
        #expect(lines[0].contains("ICMP port unreachable came from 127.0.0.1, not a RST"))
        #expect(lines[8].contains("ICMP port unreachable came from 127.0.0.1, not a RST"))
        #expect(lines[2].contains("administratively prohibited came from 127.0.0.1: a firewall forbids it"))
    }

    @Test(
        "A firewall sends RST although something listens",
        .enabled(if: isInstalled("nft"), "nft is not installed"))
    func reset() async throws {
        let lines = try await said(
            """
            sh("nft add table inet t; nft add chain inet t i '{ type filter hook input priority 0; }'")
            sh("nft add rule inet t i tcp dport 7001 reject with tcp reset")
            held = [hold("127.0.0.1", 7001), hold("::1", 7001)]
            say(client, "--port", 7001)
            say(client, "--host", "::1", "--port", 7001)
            """)
        #expect(lines[0].contains("RST came, although 127.0.0.1:7001 is listening, held by python3"))
        #expect(lines[1].contains("RST came, although [::1]:7001 is listening, held by python3"))
    }

    @Test("A route forbids it, or drops it: no port is concerned")
    func routes() async throws {
        let lines = try await said(
            """
            sh("ip route add prohibit 198.51.100.0/24; ip route add blackhole 203.0.113.0/24")
            sh("ip -6 route add prohibit 2001:db8:1::/48")
            say(client, "--host", "198.51.100.7", "--port", 7001)
            say(client, "--host", "2001:db8:1::7", "--port", 7001)
            say(client, "--host", "203.0.113.7", "--port", 7001)
            """)
        for line in lines[0...1] {
            #expect(
                line.hasPrefix("77 ") && line.contains("EACCES") && line.contains("A route forbids that destination"))
        }
        #expect(lines[2].hasPrefix("69 ") && lines[2].contains("EINVAL") && lines[2].contains("blackhole"))
    }

    @Test("TCP goes to no broadcast or multicast address; a route that says unreachable is there")
    func notUnicast() async throws {
        let lines = try await said(
            """
            sh("ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up")
            sh("ip addr add 10.9.9.1/24 broadcast 10.9.9.255 dev v0; ip -6 addr add fd99::1/64 dev v0 nodad")
            for host in ("255.255.255.255", "10.9.9.255", "224.0.0.1", "ff02::1", "::ffff:224.0.0.1"):
                say(client, "--host", host, "--port", 7001)
            say(server, "--host", "ff02::1", "--port", 7001)
            sh("ip route add unreachable 198.51.100.0/24; ip -6 route add unreachable 2001:db8:1::/48")
            say(client, "--host", "198.51.100.7", "--port", 7001)
            say(client, "--host", "2001:db8:1::7", "--port", 7001)
            say(client, "--host", "203.0.113.7", "--port", 7001)
            """)
        for line in lines[0...5] {
            #expect(line.hasPrefix("69 ") && line.contains("a broadcast or multicast address"), "\(line)")
            #expect(!line.contains("route"))
        }
        for line in lines[6...7] {
            #expect(
                line.hasPrefix("69 ") && line.contains("EHOSTUNREACH") && line.contains("(unreachable)."), "\(line)")
        }
        #expect(lines[8].contains("ENETUNREACH") && lines[8].contains("This host has no route to that address."))
    }

    @Test("An address that is still tentative has no part in a missing route")
    func tentative() async throws {
        let lines = try await said(
            """
            sh("ip link add v0 type veth peer name v1")
            setting("net/ipv6/conf/v0/dad_transmits", "100")
            sh("ip link set v0 up; ip link set v1 up; ip addr add fd00:1::5/64 dev v0")
            say(client, "--host", "2001:db8::1", "--port", 7001)
            """)
        #expect(lines[0].hasPrefix("69 ") && lines[0].contains("ENETUNREACH"))
        #expect(lines[0].contains("This host has no route to that address.") && !lines[0].contains("tentative"))
    }

    @Test(
        "A sandbox forbids bind() to a port that needs no privilege, and connect()",
        .enabled("needs Landlock for TCP") { try await landlockKnowsTCP() })
    func sandbox() async throws {
        let lines = try await said(
            """
            import ctypes
            # LANDLOCK_ACCESS_NET_BIND_TCP and LANDLOCK_ACCESS_NET_CONNECT_TCP (landlock(7)), Linux 6.7.
            def restrict():
                libc, rules = ctypes.CDLL(None, use_errno=True), struct.pack("QQQ", 0, 3, 0)
                ruleset = libc.syscall(444, rules, len(rules), 0)
                assert ruleset >= 0
                libc.prctl(38, 1, 0, 0, 0)
                libc.syscall(446, ruleset, 0)
            say(server, "--port", 7001, preexec_fn=restrict)
            say(server, "--port", 80, preexec_fn=restrict)
            held = hold("127.0.0.1", 7002)
            say(client, "--port", 7002, preexec_fn=restrict)
            """)
        for line in lines {
            #expect(line.hasPrefix("77 ") && line.contains("EACCES") && line.contains("Landlock"))
            #expect(!line.contains("1024"))
        }
    }

    @Test("It listens on another address of this host")
    func elsewhere() async throws {
        let lines = try await said(
            """
            sh("ip addr add 10.7.7.1/32 dev lo")
            held = hold("127.0.0.1", 7001)
            say(client, "--host", "10.7.7.1", "--port", 7001)
            """)
        #expect(lines[0].hasPrefix("69 ") && lines[0].contains("ECONNREFUSED"))
        #expect(lines[0].contains("nothing listens at that address. 127.0.0.1:7001 is listening, held by python3"))
    }

    @Test("It listens for the other family only")
    func otherFamily() async throws {
        let lines = try await said(
            """
            held = [hold("::", 7001, only=1), hold("0.0.0.0", 7002), hold("::", 7003, only=0, listens=False)]
            say(client, "--host", "127.0.0.1", "--port", 7001)
            say(client, "--host", "::1", "--port", 7002)
            say(lab, "explain", "--port", 7001)
            say(lab, "explain", "--port", 7003)
            """)
        #expect(lines[0].contains("[::]:7001 is listening, for IPv6 only (its IPV6_V6ONLY is on), held by python3"))
        #expect(
            lines[0].contains("Connect to an IPv6 address of this host, such as ::1, or have it listen for IPv4 too."))
        #expect(lines[1].contains("0.0.0.0:7002 is listening, held by python3"))
        #expect(lines[1].contains("Connect to an IPv4 address of this host, such as 127.0.0.1, or"))
        #expect(lines[2].contains("[::]:7001 LISTEN, for IPv6 only (its IPV6_V6ONLY is on), held by"))
        #expect(lines[3].contains("is bound, but neither listens nor is connected, for IPv4 too"))
    }

    @Test("A listener hears by one interface only: that is said, and what this host sends to itself comes in by which")
    func device() async throws {
        let lines = try await said(
            """
            sh("ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up")
            sh("ip addr add 10.9.9.1/24 dev v0; ip -6 addr add fd99::1/64 dev v0 nodad")
            def on(name, address, port):
                held = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
                held.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name.encode())
                held.bind((address, port))
                held.listen()
                return held
            held = [on("v0", "0.0.0.0", 7001), on("v0", "::", 7002)]
            for host in ("127.0.0.1", "10.9.9.1"):
                say(client, "--host", host, "--port", 7001)
            say(lab, "explain", "--port", 7001)
            say(client, "--host", "::1", "--port", 7002)
            # The kernel decides, and whether it connects is what `hears` says of IPv6.
            print(socket.socket(socket.AF_INET6).connect_ex(("fd99::1", 7002)))
            sh("nft add table inet t; nft add chain inet t i '{ type filter hook input priority 0; }'")
            sh("nft add rule inet t i tcp dport 7002 reject with tcp reset")
            say(client, "--host", "fd99::1", "--port", 7002)
            say(server, "--port", 7001)
            """)
        let words = "on the interface v0 only (SO_BINDTODEVICE), held by python3"
        // v0 has 10.9.9.1: there the program is reached.
        #expect(lines[1].hasPrefix("0"))
        for line in [lines[0], lines[3]] {
            #expect(line.contains("ECONNREFUSED") && line.contains("nothing accepts it there."), "\(line)")
            #expect(line.contains(words) && line.contains("Have it listen on every interface"), "\(line)")
        }
        #expect(lines[2].contains("0.0.0.0:7001 LISTEN, \(words)"))
        #expect(lines[4] == "0" && lines[5].contains("RST came, although [::]:7002 is listening"), "\(lines[4...5])")
        #expect(lines[6].contains("0.0.0.0:7001 is listening, \(words)"))
    }

    @Test("The queue of a listener of this host is full, or a firewall of this host drops the SYN")
    func silence() async throws {
        let lines = try await said(
            """
            held = hold("127.0.0.1", 7001, backlog=1)
            callers = [call("127.0.0.1", 7001) for _ in range(4)]
            until(lambda: "2" == subprocess.run(["ss", "-Htln", "sport = :7001"], capture_output=True, text=True).stdout.split()[1])
            say(client, "--port", 7001, "--connect-timeout", 0.5)
            sh("nft add table inet t; nft add chain inet t i '{ type filter hook input priority 0; }'")
            sh("nft add rule inet t i tcp dport 7002 drop")
            other = hold("127.0.0.1", 7002)
            say(client, "--port", 7002, "--connect-timeout", 0.5)
            process = subprocess.Popen([sys.executable, "-c", "import socket; l = socket.create_server(('127.0.0.1', 7003), backlog=0);"
                "print('ready', flush=True); input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            process.stdout.readline()
            process.send_signal(signal.SIGSTOP)
            os.waitpid(process.pid, os.WUNTRACED)
            more = [call("127.0.0.1", 7003) for _ in range(3)]
            until(lambda: "1" == subprocess.run(["ss", "-Htln", "sport = :7003"], capture_output=True, text=True).stdout.split()[1])
            say(client, "--port", 7003, "--connect-timeout", 0.5)
            print(process.pid)
            process.kill()
            """)
        #expect(lines[0].hasPrefix("69 ") && lines[0].contains("ETIMEDOUT"))
        #expect(lines[0].contains("127.0.0.1:7001 is listening, held by python3 (process "))
        #expect(lines[0].contains("its queue is full: 2 connections wait for accept()."))
        #expect(
            lines[1].contains("although 127.0.0.1:7002 is listening")
                && lines[1].contains("its queue has room now"))
        #expect(lines[1].contains("firewall"))
        #expect(lines[2].contains("its queue is full: 1 connection waits for accept()."))
        #expect(lines[2].contains("continue it (kill -CONT \(lines[3]))."), "\(lines[2])")
    }
}

/// Whether the kernel has Landlock's fourth version or a later one (landlock_create_ruleset(2),
/// LANDLOCK_CREATE_RULESET_VERSION; the call has one number on every architecture).
private func landlockKnowsTCP() async throws -> Bool {
    guard namespaceIsPossible else { return false }
    let lines = try await said("import ctypes; print(ctypes.CDLL(None).syscall(444, None, 0, 1))")
    return (lines.first.flatMap { Int($0) } ?? -1) >= 4
}
