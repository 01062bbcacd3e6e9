import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import TestSupport

@Suite(
    "A host", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"), .serialized, .timeLimit(.minutes(5)))
struct HostTests {
    @Test("has the addresses of its side, and no other", arguments: Side.allCases, IPAddress.Family.allCases)
    func addresses(_ side: Side, _ family: IPAddress.Family) async throws {
        let host = try await Host(side)
        let expected = family == .v4 ? ["192.0.2.1", "192.0.2.2"] : ["2001:db8::1", "2001:db8::2"]
        #expect(host.address(family).description == expected[side == .client ? 0 : 1])
        let own = Endpoint(host.address(family), port: 7000)
        let socket = try await host.socket(family, boundTo: own)
        #expect(try socket.use { try $0.localEndpoint() } == own)
        let other = Endpoint(side.other.address(family), port: 7000)
        await #expect(throws: SocketError(.bind, .addressNotAvailable, endpoint: other)) {
            try await host.socket(family, boundTo: other)
        }
    }

    @Test("shows its sockets in its table, and not those of the other host")
    func table() async throws {
        let world = try await World()
        let listener = try await world.server.listener()
        #expect(try world.server.sockets.entries().map(\.state) == [.listen])
        #expect(try world.client.sockets.entries().isEmpty)
        try listener.close()
        // A program that is just being started on another thread has copies of all descriptors until it runs, and the
        // table has no event to wait for.
        let deadline = ContinuousClock.now + .seconds(5)
        while try !world.server.sockets.entries().isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(try world.server.sockets.entries().isEmpty)
    }

    @Test("has kernel parameters of its own")
    func sysctls() async throws {
        let name = "net.ipv4.tcp_fin_timeout"
        let machine = try readText("/proc/sys/net/ipv4/tcp_fin_timeout")
        let world = try await World(sysctls: ["net.ipv4.tcp_retries2": "7"])
        let fresh = try await world.server.sysctl(name)
        try await world.client.set(name, to: "33")
        #expect(try await world.client.sysctl(name) == "33")
        #expect(try await world.server.sysctl(name) == fresh)
        #expect(fresh != "33")
        #expect(try readText("/proc/sys/net/ipv4/tcp_fin_timeout") == machine)
        for side in Side.allCases { #expect(try await world[side].sysctl("net.ipv4.tcp_retries2") == "7") }
    }

    @Test("says so when it has no such parameter, or did not take a value as it was given")
    func refusedSysctls() async throws {
        let host = try await Host(.client)
        #expect(try await host.sysctl("net.ipv4.no_such_thing") == nil)
        let missing = await #expect(throws: MissingFeature.self) {
            try await host.set("net.ipv4.no_such_thing", to: "1")
        }
        #expect(
            missing?.description
                == "this kernel has no net.ipv4.no_such_thing: open /proc/sys/net/ipv4/no_such_thing: ENOENT "
                + "(No such file or directory)")
        let wrong = await #expect(throws: LaboratoryError.self) { try await host.set("net.ipv4.tcp_sack", to: "x") }
        #expect(wrong?.description == "write /proc/sys/net/ipv4/tcp_sack: EINVAL (Invalid argument)")
        // The kernel writes tabs where it was given spaces.
        let other = await #expect(throws: LaboratoryError.self) {
            try await host.set("net.ipv4.ip_local_port_range", to: "40000 40009")
        }
        #expect(
            other?.description
                == "net.ipv4.ip_local_port_range is 40000\t40009 after it was set to 40000 40009")
        await #expect(throws: MissingFeature.self) { try await World(sysctls: ["net.ipv4.no_such_thing": "1"]) }
    }

    @Test("waits for the end of a listener as long as it is told")
    func listenerStays() async throws {
        let world = try await World()
        let listener = try await world.server.listener()
        let error = await #expect(throws: NotSeen.self) {
            try await world.server.noListener(on: 7000, within: .milliseconds(100))
        }
        #expect(error?.description == "gave up after waiting 0.1 s for the end of the listener")
        try listener.close()
        try await world.server.noListener(on: 7000)
    }

    @Test("gives implicit ports from its own range")
    func portRange() async throws {
        let world = try await World(sysctls: ["net.ipv4.ip_local_port_range": "40000\t40000"])
        #expect(try await world.makeConnection().connection.client.port == 40_000)
    }

    @Test("of one world does not see those of another with the same addresses")
    func twoWorlds() async throws {
        let (here, there) = (try await World(), try await World())
        let pair = try await here.makeConnection()
        let endpoint = pair.connection.server
        #expect(try there.wire.segments.isEmpty)
        #expect(try there.wire.look(at: pair.connection) == SocketStates())
        let error = await #expect(throws: SocketError.self) {
            try await there.client.connect(to: endpoint, from: pair.connection.client.port)
        }
        #expect(error?.errno == .connectionRefused)
        let count = try here.wire.segments.count
        #expect(try there.wire.segments.map(\.segment.flags) == [.syn, [.rst, .ack]])
        // The same ends at the same time in both worlds, and each keeps its own.
        let listener = try await there.server.listener()
        let twin = try await connect(there.client, to: endpoint, from: pair.connection.client.port)
        let accepted = try await listener.accept()
        try twin.close(.reset)
        try await accepted.readable()
        #expect(try there.wire.look(at: pair.connection).isSettled)
        #expect(try here.wire.segments.count == count)
        #expect(Sides(try here.wire.look(at: pair.connection)) == Sides(.established, .established))
        try pair.client.send("still here")
        #expect(try await pair.server.receive(10) == "still here")
    }

    @Test("changes that cross no wire are seen all the same")
    func silentChange() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        try pair.client.close()
        try await pair.server.readable()
        try pair.server.close()
        try await world.states("TIME-WAIT", of: pair.connection) { $0.state(.client) == .timeWait ? () : nil }
        let samples = world.wire.recording.read(\.samples.count)
        async let end: Void = world.states("the end of TIME-WAIT", of: pair.connection) { states in
            states.state(.client) == .closed ? () : nil
        }
        // The first look still finds it.
        try await world.wire.recording.until("a look") { $0.samples.count > samples ? () : nil }
        let connection = pair.connection
        try await world.client.inside {
            try SocketTable().destroy(local: connection.client, remote: connection.server)
        }
        try await end
        #expect(try world.wire.look(at: connection).client == nil)
    }

    /// The same port once more, as soon as it is free: a child that another test has just forked has a copy of the closed
    /// socket until it becomes its program.
    private func connect(_ host: Host, to endpoint: Endpoint, from port: UInt16) async throws -> HostSocket {
        while true {
            do {
                return try await host.connect(to: endpoint, from: port)
            } catch let error as SocketError where error.errno == .addressInUse {}
        }
    }

    @Test("is gone, with its wire, when nobody uses it any more")
    func leak() async throws {
        weak var host: Host?
        weak var wire: Wire?
        do {
            let world = try await World()
            (host, wire) = (world.client, world.wire)
            _ = try await world.makeConnection()
        }
        // The wire's thread ends by itself, and tells nobody.
        for _ in 0..<1000 where host != nil || wire != nil { try await Task.sleep(for: .milliseconds(5)) }
        #expect(host == nil)
        #expect(wire == nil)
    }
}

@Suite(
    "What a kernel counts", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"), .serialized,
    .timeLimit(.minutes(5)))
struct CountersTests {
    @Test("grows on the host where it happens, by what happens, and on no other")
    func growth() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        let before = (client: try world.client.counters.read(), server: try world.server.counters.read())
        try pair.client.close(.reset)
        try await pair.server.readable()
        let client = try world.client.counters.read().growth(since: before.client)
        let server = try world.server.counters.read().growth(since: before.server)
        #expect(client["TcpExt:TCPAbortOnData"] == 1)
        #expect(client["Tcp:OutRsts"] == 1)
        #expect(client["Tcp:OutSegs"] == 1)
        #expect(server["TcpExt:TCPAbortOnData"] == nil)
        #expect(server["Tcp:OutRsts"] == nil)
        #expect(server["Tcp:EstabResets"] == 1)
        #expect(server["Tcp:InSegs"] == 1)
    }

    @Test("distinguishes a close with data unread")
    func unread() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        try pair.server.send("unread")
        try await pair.client.readable()
        let before = try world.client.counters.read()
        try pair.client.close(.unread)
        // Not close() ends the connection but that of the last descriptor: a program that is just being started on
        // another thread has copies of all until it runs.
        try await pair.server.readable()
        let growth = try world.client.counters.read().growth(since: before)
        #expect(growth["TcpExt:TCPAbortOnClose"] == 1, "\(growth)")
        #expect(growth["TcpExt:TCPAbortOnData"] == nil)
    }
}
