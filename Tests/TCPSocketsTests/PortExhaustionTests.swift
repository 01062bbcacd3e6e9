import TCPSockets
import Testing

@Suite("A range of two ports that are both taken", .timeLimit(.minutes(5)), .enabled(if: Kernel.isAtLeast(6, 8)))
struct PortExhaustionTests {
    /// Two neighbouring ports, each bound explicitly, so that no other program can have them.
    private func neighbours() throws -> (Held, Held, BindMode.PortRange) {
        while true {
            let first = try Held(boundTo: .anyPort())
            let port = try first.localEndpoint.port
            // The range must lie inside the system's own.
            guard port < 60_999 else { continue }
            if let second = try? Held(boundTo: Endpoint(.loopbackV4, port: port + 1)) {
                return (first, second, port...port + 1)
            }
        }
    }

    /// The diagnosis of a connect() that has to find no port.
    private func diagnose(_ range: BindMode.PortRange, to remote: Endpoint) throws -> AddressDiagnosis.Reason {
        let socket = try Held()
        try socket.use { try $0.bind(BindMode(portRange: range), family: .v4) }
        let error = #expect(throws: SocketError.self) { try socket.connect(to: remote) }
        #expect(error == SocketError(.connect, .addressNotAvailable, endpoint: remote))
        return AddressDiagnosis(
            try #require(error), of: AddressRequest(BindMode(portRange: range), to: remote)
        ).reason
    }

    @Test("by connections to the same server")
    func connections() throws {
        let listener = try Listener()
        let (first, second, range) = try neighbours()
        try first.connect(to: listener.endpoint)
        try second.connect(to: listener.endpoint)
        #expect(
            try diagnose(range, to: listener.endpoint)
                == .portsExhausted(PortShortage(range: range, isOwnRange: true, taken: 2, timeWait: 0)))
    }

    @Test("one of them by TIME-WAIT")
    func timeWait() throws {
        let listener = try Listener()
        let (first, second, range) = try neighbours()
        let end = try first.localEndpoint
        try first.connect(to: listener.endpoint)
        let server = try listener.acceptNext()
        try second.connect(to: listener.endpoint)
        try first.close()
        try #require(try server.readToEnd().end == .fin)
        try server.close()
        while try SocketTable.find(local: end, remote: listener.endpoint)?.state != .timeWait { continue }
        #expect(
            try diagnose(range, to: listener.endpoint)
                == .portsExhausted(PortShortage(range: range, isOwnRange: true, taken: 2, timeWait: 1)))
    }

    @Test("by sockets that listen or are only bound, which keep them from every destination")
    func others() throws {
        let listener = try Listener()
        let (first, second, range) = try neighbours()
        try first.use { try $0.listen() }
        #expect(try second.state == .closed)
        #expect(
            try diagnose(range, to: listener.endpoint)
                == .portsExhausted(PortShortage(range: range, isOwnRange: true, taken: 2, timeWait: 0)))
    }
}
