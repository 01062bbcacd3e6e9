import Bench
import Recordings
import Scenes
import TCPSockets
import Text

/// Runs one cell: a conversation that ends as the cell says, and the same client again at once.
struct CellRun {
    let cell: Cell
    let world: World
    let server: ListeningServer
    let chat: Chat
    /// The port of an explicit bind, one that no other cell on these hosts uses.
    let port: UInt16
    /// For `--close delay`: milliseconds.
    let delay: Int

    init(
        cell: Cell, world: World, server: ListeningServer, chat: Chat, port: UInt16, delay: Int = Cell.closeDelay
    ) {
        (self.cell, self.world, self.server, self.chat) = (cell, world, server, chat)
        (self.port, self.delay) = (port, delay)
    }

    /// - Throws: `LaboratoryError`, `NotSeen`: never a result that was not seen.
    func run() async throws -> CellRecording {
        world.wire.beginAnew()
        // In force for both conversations: copies from the first may come as late as in the second.
        var rules: [any Rule] = [SpuriousCopies()]
        if cell.isPinned { rules.append(ExitWithEnding(isExit: Chat.isExit)) }
        world.wire.obey(rules)
        let before = try counters()
        let start = server.program.output.read { ($0.ends.count, $0.calls.count) }

        let client = try await world.converse(chat, with: server.endpoint, arguments(isFirst: true))
        let connection = try self.connection(of: client)
        let ending = try await server.ending(of: connection.client, after: start.0)
        let aftermath = try await settled(connection)

        let after = try counters()
        let mark = world.wire.recording.read { $0.segments.count }
        let reconnect = try await world.converse(chat, with: server.endpoint, arguments(isFirst: false))
        let recording = world.wire.recording.state
        return CellRecording(
            cell: cell, connection: connection,
            segments: recording.segments(of: connection).filter { $0.number < mark },
            reconnectSegments: recording.segments.filter { $0.number >= mark }, client: client, reconnect: reconnect,
            serverCalls: server.program.output.read { $0.calls.dropFirst(start.1).onSocket(of: connection) },
            serverEnding: ending, aftermath: aftermath.states, settledAt: aftermath.time,
            clientCounters: after.client.growth(since: before.client),
            serverCounters: after.server.growth(since: before.server))
    }

    private func arguments(isFirst: Bool) -> [String] {
        cell.clientArguments(port: port, isFirst: isFirst, delay: delay, pace: Pace.current.factor)
    }

    private func connection(of client: FinishedProgram) throws -> FourTuple {
        guard client.status == 0, let local = client.calls.first(where: { $0.call == .getsockname })?.address else {
            let ended = "chat-client ended with \(client.status)"
            let reason = client.complaint.isEmpty ? ended : "\(ended): \(client.complaint)"
            throw LaboratoryError("\(cell.id): the first conversation failed: \(reason)")
        }
        return FourTuple(client: local, server: server.endpoint)
    }

    /// Waits until neither side will change any more by itself.
    private func settled(_ connection: FourTuple) async throws -> StateSample {
        try await world.sample("both ends of \(cell.id) to settle", of: connection) { [cell] sample in
            let states = sample.states
            return states.isSettled || cell.serverClose == .never && states.isHalfClosedByClient ? sample : nil
        }
    }

    private func counters() throws -> (client: Counters, server: Counters) {
        (try world.client.counters.read(), try world.server.counters.read())
    }
}

extension CellRun {
    /// Waits until the kernel lets go of the port, and connects from it again.
    ///
    /// - Returns: Seconds from the client's last segment of the first conversation to the moment at which the kernel's timer let
    ///   go of the port, as the second connection shows; to that connection, where there was no timer.
    func untilFree(_ recording: CellRecording) async throws -> Double {
        guard let last = recording.segments.last(where: { $0.from == .client }) else {
            throw LaboratoryError("\(cell.id): the client has sent nothing")
        }
        let patience = Pace.current.scaled(.seconds(90))
        let deadline = ContinuousClock.now + patience
        var end: Double?
        while ContinuousClock.now < deadline {
            let sample = try world.wire.sample(of: recording.connection)
            if let timer = sample.states.client?.timer {
                end = sample.time + timer.remaining.inSeconds
                // The kernel tells nobody that a TIME-WAIT is over, but it says when it will be.
                try await Task.sleep(for: timer.remaining + .milliseconds(20))
                continue
            }
            let again = try await world.converse(chat, with: server.endpoint, arguments(isFirst: false))
            if let connected = again.calls.first(where: { $0.call == .getsockname && $0.result == 0 }) {
                return (end ?? connected.time) - last.time
            }
            end = nil
            try await Task.sleep(for: .milliseconds(200))
        }
        throw LaboratoryError("\(cell.id): the port is not free after \(patience.inTenths) s")
    }
}
