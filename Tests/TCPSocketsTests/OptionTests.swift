import TCPSockets
import Testing

@Suite("Options and binding", .timeLimit(.minutes(5)))
struct OptionTests {
    @Test(
        "An option is off, is set, and is read back",
        arguments: [
            SocketOption.reuseAddress, .noDelay, .bindAddressNoPort,
        ])
    func switches(_ option: SocketOption) throws {
        let socket = try Held()
        #expect(try socket.use { try $0.get(option) } == 0)
        try socket.use { try $0.set(option, to: 1) }
        #expect(try socket.use { try $0.get(option) } == 1)
    }

    @Test("What the kernel changes is told: it doubles the sizes of buffers")
    func notTaken() throws {
        let socket = try Held()
        let error = #expect(throws: OptionNotTaken.self) {
            try socket.use { try $0.set(.receiveBuffer, to: 10_000) }
        }
        let expected = "setsockopt SO_RCVBUF: set to 10000, but the kernel reads back 20000"
        #expect(error?.description == expected)
    }

    @Test("An option that the kernel refuses is an error with its name")
    func refused() throws {
        let socket = try Held()
        let error = #expect(throws: SocketError.self) { try socket.use { try $0.set(.error, to: 1) } }
        #expect(error == SocketError(.setsockopt, .protocolOptionUnknown, option: "SO_ERROR"))
        #expect(error?.description == "setsockopt SO_ERROR: ENOPROTOOPT (Protocol not available)")
    }

    @Test("Lingering can be set to a time, to a reset, and off", arguments: [5, 0, nil])
    func linger(_ seconds: Int?) throws {
        let socket = try Held()
        try socket.use { try $0.setLinger(seconds: 1) }
        try socket.use { try $0.setLinger(seconds: seconds) }
    }

    @Test("The implicit mode does not bind, the explicit mode takes its port")
    func endpoints() {
        #expect(BindMode.implicit.endpoint(for: .v4) == nil)
        #expect(BindMode.explicit(port: 5).endpoint(for: .v4) == Endpoint(.anyV4, port: 5))
        #expect(BindMode.explicit(port: 5).endpoint(for: .v6) == Endpoint(.anyV6, port: 5))
        let local = BindMode(address: .loopbackV4, withoutPort: true)
        #expect(local.endpoint(for: .v4) == Endpoint(.loopbackV4, port: 0))
    }

    @Test("A mode with options sets them all before bind()")
    func allOptions() throws {
        let socket = try Held()
        let mode = BindMode(address: .loopbackV4, reuseAddress: true, withoutPort: true)
        try socket.use { try $0.bind(mode, family: .v4) }
        #expect(try socket.use { try $0.get(.reuseAddress) } == 1)
        // The port is left to connect().
        #expect(try socket.localEndpoint == Endpoint(.loopbackV4, port: 0))
        let listener = try Listener()
        try socket.connect(to: listener.endpoint)
        #expect(try socket.localEndpoint.port != 0)
    }

    @Test("A socket's own range of ports is kept to", .enabled(if: Kernel.isAtLeast(6, 3)))
    func portRange() throws {
        let listener = try Listener()
        let socket = try Held()
        try socket.use { try $0.bind(BindMode(portRange: 40_000...40_999), family: .v4) }
        #expect(try socket.use { try $0.get(.localPortRange) } == CInt(bitPattern: 40_999 << 16 | 40_000))
        try socket.connect(to: listener.endpoint)
        #expect(try (40_000...40_999).contains(socket.localEndpoint.port))
    }

    @Test(
        "SO_REUSEADDR on both sockets lets two of them bind one port, and on one of them does not",
        arguments: [
            (true, true, true), (true, false, false), (false, true, false), (false, false, false),
        ])
    func reuse(_ first: Bool, _ second: Bool, _ succeeds: Bool) throws {
        let held = try Held(boundTo: .anyPort(), reuseAddress: first)
        let endpoint = try held.localEndpoint
        let other = try Held()
        if second { try other.use { try $0.set(.reuseAddress, to: 1) } }
        if succeeds {
            try other.use { try $0.bind(to: endpoint) }
        } else {
            #expect(throws: SocketError(.bind, .addressInUse, endpoint: endpoint)) {
                try other.use { try $0.bind(to: endpoint) }
            }
        }
    }
}
