package import Recordings

/// Two hosts and the wire between them.
package final class World: Sendable {
    package let client: Host
    package let server: Host
    package let wire: Wire

    /// Makes both hosts, with the same kernel parameters.
    ///
    /// - Parameters:
    ///   - sysctls: Such as `["net.ipv4.tcp_timestamps": "0"]`.
    ///   - mtu: The largest packet, in bytes.
    /// - Throws: `LaboratoryError`.
    package init(sysctls: [String: String] = [:], mtu: Int = 1500) async throws {
        client = try await Host(.client, mtu: mtu)
        server = try await Host(.server, mtu: mtu)
        for (name, value) in sysctls {
            try await client.set(name, to: value)
            try await server.set(name, to: value)
        }
        wire = try Wire(between: client, and: server)
    }

    deinit {
        wire.stop()
    }

    package subscript(side: Side) -> Host { side == .client ? client : server }

    /// Looks at a connection until there is something to be found in its states: now, whenever something crosses, and every
    /// tenth of a second. For what crosses may take effect later: while a program is inside a call on its socket, the
    /// kernel puts a segment by, and takes it up when the call ends (net/ipv4/tcp_ipv4.c, tcp_v4_rcv; net/core/sock.c,
    /// release_sock). The wire does not see that.
    ///
    /// - Parameter what: What is awaited, for the error.
    /// - Throws: `NotSeen` after ten seconds; `SocketError`.
    @discardableResult
    package func states<R: Sendable>(
        _ what: String, of connection: FourTuple, _ find: @Sendable (SocketStates) -> R?
    ) async throws -> R {
        let time = Duration.seconds(10)
        let deadline = ContinuousClock.now + time
        while ContinuousClock.now < deadline {
            try wire.look(at: connection)
            do {
                return try await wire.recording.until(what, within: .milliseconds(100)) { recording in
                    if let failure = recording.failure { throw failure }
                    return recording.latest[connection].flatMap(find)
                }
            } catch is NotSeen {}
        }
        throw NotSeen(what: what, time: time)
    }
}
