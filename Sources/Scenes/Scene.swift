package import Bench
package import Packets
package import Recordings
package import TCPSockets

/// Where most experiments take place: fresh hosts, and a chat-server on one of them.
package struct Scene: Sendable {
    package let world: World
    package let server: ListeningServer
    package let laboratory: Laboratory
    private let clientCalls = ConditionVariable<[SocketCall]>([])

    /// Makes the scene, plays a script in it, and clears it away.
    package static func play<R: Sendable>(
        _ laboratory: Laboratory, over family: IPAddress.Family? = nil, sysctls: [String: String] = [:],
        server arguments: [String] = [], _ script: @escaping @Sendable (Scene) async throws -> R
    ) async throws -> R {
        try await laboratory.semaphore.use {
            try await play(laboratory, family ?? laboratory.family, sysctls, arguments, script)
        }
    }

    private static func play<R: Sendable>(
        _ laboratory: Laboratory, _ family: IPAddress.Family, _ sysctls: [String: String], _ arguments: [String],
        _ script: @escaping @Sendable (Scene) async throws -> R
    ) async throws -> R {
        let world = try await World(sysctls: sysctls)
        let result = ConditionVariable<R?>(nil)
        try await world.withServer(laboratory.chat, family, arguments) { server in
            let scene = Scene(world: world, server: server, laboratory: laboratory)
            let value = try await script(scene)
            result.change { $0 = value }
        }
        guard let value = result.state else { throw LaboratoryError("the script had no result") }
        return value
    }

    /// A conversation that is over, on both hosts.
    package struct Conversation: Sendable {
        package let connection: FourTuple
        package let client: FinishedProgram
        package let segments: [CapturedSegment]
        /// How the server said that it ended.
        package let serverEnding: ConversationEnd.Way
        package let aftermath: SocketStates
    }

    /// The client is the first to close, and nothing but its own doing ends its TIME-WAIT.
    package static var clientFirst: [any Rule] { [SpuriousCopies(), ExitWithEnding(isExit: Chat.isExit)] }

    /// Has a client ask one question and say exit, and waits until both hosts have settled.
    ///
    /// - Parameters:
    ///   - arguments: Of chat-client.
    ///   - rules: In force meanwhile. By default the client is the first to close.
    ///   - beforeExit: What happens between the answer and exit.
    package func converse(
        _ arguments: [String] = [], rules: [any Rule] = Scene.clientFirst,
        beforeExit: @escaping @Sendable (Program) async throws -> Void = { _ in }
    ) async throws -> Conversation {
        let (mark, ends) = (mark, server.program.output.read(\.ends.count))
        world.wire.obey(rules)
        let client = try await dial(arguments, beforeExit: beforeExit)
        guard let local = client.localEnd else {
            throw LaboratoryError("the conversation under test failed: \(client.account)")
        }
        let connection = FourTuple(client: local, server: server.endpoint)
        let ending = try await server.ending(of: local, after: ends)
        let aftermath = try await settled(connection)
        // A retransmission that was sent before is still the rules' to drop. Without them it would meet a host that knows nothing
        // of the connection any more, and whose RST ends TIME-WAIT.
        try await world.wire.quiet()
        world.wire.obey([])
        return Conversation(
            connection: connection, client: client, segments: segments(of: connection, from: mark),
            serverEnding: ending, aftermath: aftermath)
    }

    /// Runs a client to its end, whether it can connect or not.
    package func dial(
        _ arguments: [String] = [], to endpoint: Endpoint? = nil, from side: Side = .client,
        beforeExit: @escaping @Sendable (Program) async throws -> Void = { _ in }
    ) async throws -> FinishedProgram {
        let client = try await world.converse(
            laboratory.chat, from: side, with: endpoint ?? server.endpoint, arguments, beforeExit: beforeExit)
        clientCalls.change { $0 += client.calls }
        return client
    }

    /// Waits until neither host will change any more by itself.
    package func settled(_ connection: FourTuple) async throws -> SocketStates {
        try await world.states("both ends to settle", of: connection) { $0.isSettled ? $0 : nil }
    }

    /// Waits for something on the wire.
    @discardableResult
    package func seen<R: Sendable>(
        _ what: String, within time: Duration = Pace.current.patience, _ find: @Sendable (WireRecording) -> R?
    ) async throws -> R {
        try await world.wire.recording.until(what, within: time) { recording in
            if let failure = recording.failure { throw failure }
            return find(recording)
        }
    }

    /// The place in the recording that has been reached.
    package var mark: Int { world.wire.recording.read(\.segments.count) }

    package func segments(of connection: FourTuple, from start: Int = 0) -> [CapturedSegment] {
        world.wire.recording.read { $0.segments(of: connection, from: start) }
    }

    /// Everything so far, as a variant of the experiment.
    package func recording(_ name: String) -> Recording {
        let wire = world.wire.recording.state
        return Recording(
            name, segments: wire.segments, samples: wire.samples, clientCalls: clientCalls.state,
            serverCalls: server.program.output.read(\.calls))
    }
}

extension [CapturedSegment] {
    package func last(from side: Side, _ flags: Segment.Flags) -> CapturedSegment? {
        last { $0.from == side && $0.segment.flags.isSuperset(of: flags) }
    }

    /// How a side ended the connection, in words; a RST is the last word.
    package func ending(of side: Side) -> String {
        if last(from: side, .rst) != nil { return "a RST" }
        return last(from: side, .fin) == nil ? "neither FIN nor RST" : "a FIN"
    }

    package func first(from side: Side, _ flags: Segment.Flags) -> CapturedSegment? {
        first { $0.from == side && $0.segment.flags.isSuperset(of: flags) }
    }
}

/// The fixed port of most experiments, as in the article.
package let fixedPort = ["--local-port", "50001"]
