internal import ChatProtocol
internal import TCPSockets

/// What was recorded while a cell ran: the evidence for everything that is said of it.
public struct CellRecording: Sendable {
    public let cell: Cell
    public let connection: Connection
    /// The passages of the first conversation, to the settled end.
    public let passages: [Passage]
    /// The passages of the second conversation.
    public let reconnectPassages: [Passage]
    public let client: FinishedProgram
    public let reconnect: FinishedProgram
    /// The server's calls on the first conversation's socket, from accept4() to close().
    public let serverCalls: [SocketCall]
    /// How the server said that the first conversation ended.
    public let serverEnding: String
    /// What both hosts kept when the first conversation was over.
    public let aftermath: SocketStates
    /// What both kernels counted during the first conversation.
    public let clientCounters: [String: Int]
    public let serverCounters: [String: Int]
    /// From the client's last segment to the moment at which the same client could connect again; nil where that
    /// was not waited for.
    public var freeAfter: Double?
}

/// Runs one cell: a conversation that ends as the cell says, and the same client again at once.
struct CellRun {
    let cell: Cell
    let world: World
    let server: ListeningServer
    let chat: Chat
    /// The port of an explicit bind, one that no other cell on these hosts uses.
    let port: UInt16

    /// - Throws: `LaboratoryError`, `NotSeen`: never a result that was not seen.
    func run() async throws -> CellRecording {
        world.wire.beginAnew()
        // In force for both conversations: copies from the first may come as late as in the second.
        var rules: [any Rule] = [SpuriousCopies()]
        if cell.isPinned { rules.append(ExitWithEnding(isExit: Chat.isExit)) }
        world.wire.obey(rules)
        let before = try counters()
        let start = server.program.output.read { ($0.messages.count, $0.calls.count) }

        let client = try await world.converse(chat, with: server.endpoint, arguments(isFirst: true))
        let connection = try self.connection(of: client)
        let ending = try await server.ending(of: connection.client, after: start.0)
        let aftermath = try await settled(connection)

        let after = try counters()
        let mark = world.wire.recording.read { $0.passages.count }
        let reconnect = try await world.converse(chat, with: server.endpoint, arguments(isFirst: false))
        let recording = world.wire.recording.state
        return CellRecording(
            cell: cell, connection: connection,
            passages: recording.passages(of: connection).filter { $0.number < mark },
            reconnectPassages: recording.passages.filter { $0.number >= mark }, client: client, reconnect: reconnect,
            serverCalls: server.program.output.read { serverCalls(in: $0.calls.dropFirst(start.1), connection) },
            serverEnding: ending, aftermath: aftermath,
            clientCounters: after.client.growth(since: before.client),
            serverCounters: after.server.growth(since: before.server))
    }

    func arguments(isFirst: Bool) -> [String] { Self.arguments(of: cell, port: port, isFirst: isFirst) }

    /// The second run closes in the plainest way: only whether it connects is of interest.
    static func arguments(of cell: Cell, port: UInt16, isFirst: Bool) -> [String] {
        var arguments = ["--close", isFirst ? cell.close.rawValue : CloseStrategy.active.rawValue]
        // Long enough for a busy machine, short enough for a run of hundreds; and where the server is to close, there is
        // no need to be short.
        arguments += ["--close-delay", "400", "--close-timeout", cell.serverClose == .first ? "10" : "0.4"]
        arguments += ["--connect-timeout", "5"]
        if cell.bind == .explicit { arguments += ["--local-port", "\(port)"] }
        if isFirst ? cell.reuseAddress.isSetByOld : cell.reuseAddress.isSetByNew { arguments.append("--reuse-address") }
        return arguments
    }

    private func connection(of client: FinishedProgram) throws -> Connection {
        guard client.status == 0, let local = client.calls.first(where: { $0.call == "getsockname" })?.address else {
            let ended = "chat-client ended with \(client.status)"
            let reason = client.complaint.isEmpty ? ended : "\(ended): \(client.complaint)"
            throw LaboratoryError("\(cell.id): the first conversation failed: \(reason)")
        }
        return Connection(client: local, server: server.endpoint)
    }

    /// Waits until neither side will change any more by itself.
    private func settled(_ connection: Connection) async throws -> SocketStates {
        try await world.states("both ends of \(cell.id) to settle", of: connection) { [cell] states in
            states.isSettled || cell.serverClose == .never && states.isHalfClosedByClient ? states : nil
        }
    }

    private func counters() throws -> (client: Counters, server: Counters) {
        (try world.client.counters.read(), try world.server.counters.read())
    }
}

/// The calls on the socket that accept4() returned for a connection.
func serverCalls(in calls: some Sequence<SocketCall>, _ connection: Connection) -> [SocketCall] {
    var descriptor: Int?
    var found: [SocketCall] = []
    for call in calls {
        if call.call == "accept4", call.address == connection.client {
            descriptor = call.result
            found.append(call)
        } else if let socket = descriptor, call.descriptor == socket, call.call != "accept4" {
            found.append(call)
            if call.call == "close" { return found }
        }
    }
    return found
}

extension CellRun {
    /// Waits until the kernel lets go of the port, and connects from it again.
    ///
    /// - Returns: Seconds from the client's last segment of the first conversation to the second connection.
    func untilFree(_ recording: CellRecording) async throws -> Double {
        guard let last = recording.passages.last(where: { $0.from == .client }) else {
            throw LaboratoryError("\(cell.id): the client has sent nothing")
        }
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            let states = try world.wire.look(at: recording.connection)
            if let timer = states.client?.timer {
                // The kernel tells nobody that a TIME-WAIT is over, but it says when it will be.
                try await Task.sleep(for: timer.remaining + .milliseconds(20))
                continue
            }
            let again = try await world.converse(chat, with: server.endpoint, arguments(isFirst: false))
            if let connected = again.calls.first(where: { $0.call == "getsockname" && $0.result == 0 }) {
                return connected.time - last.time
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        throw LaboratoryError("\(cell.id): the port is not free after 90 s")
    }
}
