import Testing

@Suite(
    "An address that this host cannot have is no port's fault",
    .enabled(if: namespaceIsPossible, "needs root, python3 and ip(8)"), .serialized, .timeLimit(.minutes(5)))
struct UnusableAddressTests {
    private func expectNoPort(_ lines: [String], _ words: String, sourceLocation: SourceLocation = #_sourceLocation) {
        for line in lines {
            #expect(line.hasPrefix("69 ") && line.contains("EADDRNOTAVAIL"), sourceLocation: sourceLocation)
            #expect(line.contains(words), "\(line)", sourceLocation: sourceLocation)
            #expect(!line.contains("ran out") && !line.contains("ephemeral"), sourceLocation: sourceLocation)
        }
    }

    @Test("IPv6 is off, for the client, the server and the load")
    func off() async throws {
        let lines = try await said(
            """
            setting("net/ipv6/conf/all/disable_ipv6", "1")
            say(client, "--host", "::1", "--port", 7001)
            say(server, "--host", "::1", "--port", 7001)
            say(load, "--host", "::1", "--port", 7001, "--seconds", 1, "--connections", 1)
            """)
        expectNoPort(lines, "IPv6 is off on this host (net.ipv6.conf.all.disable_ipv6).")
        #expect(lines.count == 3)
    }

    @Test("IPv6 is off on the loopback only, though net.ipv6.conf.all.disable_ipv6 is 1")
    func offInPart() async throws {
        let lines = try await said(
            """
            sh("ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up")
            setting("net/ipv6/conf/all/disable_ipv6", "1")
            setting("net/ipv6/conf/v0/disable_ipv6", "0")
            sh("ip -6 addr add fd99::1/64 dev v0 nodad")
            say(server, "--host", "fd99::5", "--port", 7001)
            say(server, "--host", "::1", "--port", 7001)
            """)
        expectNoPort([lines[0]], "No interface of this host has that address.")
        expectNoPort([lines[1]], "IPv6 is off on lo (net.ipv6.conf.lo.disable_ipv6).")
        #expect(!lines.joined().contains("off on this host"))
    }

    @Test("No interface has an IPv6 address to call from, and no port ran out")
    func noSource() async throws {
        let lines = try await said(
            """
            sh("ip link add v0 type veth peer name v1; ip link set v0 addrgenmode none; ip link set v1 addrgenmode none")
            sh("ip link set v0 up; ip link set v1 up; ip -6 route add fd99::/64 dev v0; ip -6 addr del ::1/128 dev lo")
            say(client, "--host", "fd99::7", "--port", 7001)
            say(load, "--host", "fd99::7", "--port", 7001, "--seconds", 1, "--connections", 1)
            """)
        expectNoPort(lines, "This host has no IPv6 address to connect from.")
        #expect(lines.count == 2)
    }

    @Test("An address is tentative")
    func tentative() async throws {
        let lines = try await said(
            """
            sh("ip link add v0 type veth peer name v1")
            setting("net/ipv6/conf/v0/dad_transmits", "100")
            sh("ip link set v0 up; ip link set v1 up; ip addr add fd00:1::5/64 dev v0")
            say(server, "--host", "fd00:1::5", "--port", 7001)
            say(client, "--host", "fd00:1::9", "--local-address", "fd00:1::5", "--port", 7001)
            sh("ip addr del fd00:1::5/64 dev v0")
            say(client, "--host", "fe80::9%v0", "--port", 7001)
            say(load, "--host", "fe80::9%v0", "--port", 7001, "--seconds", 1, "--connections", 1)
            """)
        expectNoPort(lines, "The address on v0 is still tentative")
        #expect(lines.count == 4)
    }

    @Test("Its interface is down")
    func down() async throws {
        let lines = try await said(
            """
            sh("ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up; ip addr add fd00:1::5/64 dev v0 nodad")
            sh("ip link set v0 down")
            say(server, "--host", "fe80::5%v0", "--port", 7001)
            say(server, "--host", "fd00:1::5", "--port", 7001)
            sh("ip link set lo down")
            say(client, "--host", "::1", "--port", 7001)
            say(load, "--host", "::1", "--port", 7001, "--seconds", 1, "--connections", 1)
            say(client, "--host", "127.0.0.1", "--port", 7001, "--connect-timeout", 0.5)
            sh("ip addr flush dev lo")
            say(client, "--host", "127.0.0.1", "--port", 7001)
            """)
        expectNoPort([lines[0]], "The interface v0 is down.")
        expectNoPort([lines[1]], "One that is down has no IPv6 address: v0.")
        expectNoPort(Array(lines[2...3]), "The interface lo is down.")
        for (line, name) in zip(lines[4...], ["ETIMEDOUT", "ENETUNREACH"]) {
            #expect(line.hasPrefix("69 ") && line.contains(name) && line.contains("The interface lo is down."))
        }
        #expect(lines.count == 6)
    }

    /// Names for one command, which sees them as /etc/hosts.
    private static let hosts = """
        import tempfile
        names = tempfile.NamedTemporaryFile("w", suffix=".hosts")
        names.write("127.0.0.1 two.test\\n2001:db8::5 two.test\\n127.0.0.1 local.test\\n::1 local.test\\n")
        names.flush()
        named = ["unshare", "--mount", "sh", "-c", f'mount --bind {names.name} /etc/hosts && exec "$@"', "sh"]

        """

    @Test("Of several addresses all failures are told, and bind() in one family leaves the other")
    func several() async throws {
        let lines = try await said(
            Self.hosts + """
                say(*named, client, "--host", "two.test", "--port", 7001)
                process = serve(server, "--port", "7002")
                held = hold("::1", 7003)
                say(*named, client, "--host", "local.test", "--port", 7002, "--local-port", 7003, words="one\\n")
                setting("net/ipv6/conf/all/disable_ipv6", "1")
                say(*named, "timeout", "-s", "INT", 1, server, "--host", "local.test", "--port", 7004)
                process.kill()
                """)
        #expect(lines[0].hasPrefix("69 chat-client: none of the 2 addresses of two.test could be reached: "))
        #expect(lines[0].contains("connect 127.0.0.1:7001: ECONNREFUSED"))
        #expect(lines[0].contains("connect [2001:db8::5]:7001: ENETUNREACH"))
        #expect(lines[1] == "0 one")
        #expect(lines[2].contains("listening on 127.0.0.1:7004"))
    }
}
