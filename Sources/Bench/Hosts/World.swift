package import Recordings

/// Two hosts and the wire between them.
package final class World: Sendable {
    package let client: Host
    package let server: Host
    package let wire: Wire
    /// What has happened here so far.
    package let journal: Journal

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
        journal = Journal(wire.recording, client.outputs, server.outputs)
        Notebook.current?.add(journal)
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
    /// - Throws: `NotSeen` after that time; `SocketError`.
    @discardableResult
    package func states<R: Sendable>(
        _ what: String, of connection: FourTuple, within time: Duration = Pace.current.patience,
        _ find: @Sendable (SocketStates) -> R?
    ) async throws -> R {
        try await sample(what, of: connection, within: time) { find($0.states) }
    }

    /// The same, with the time of the look.
    package func sample<R: Sendable>(
        _ what: String, of connection: FourTuple, within time: Duration = Pace.current.patience,
        _ find: @Sendable (StateSample) -> R?
    ) async throws -> R {
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
