package import Bench
package import Packets
package import Recordings
import Stories
package import TCPSockets

/// A listener, a socket that dials it, and the one that accept() makes of that, all in the laboratory's own hands: for
/// states in which no program of the chat would wait.
package final class SocketPair: Sendable {
    private struct Sockets {
        var listener: HeldSocket?
        var ends: [Side: HeldSocket] = [:]
    }

    private let world: World
    private let sockets = ConditionVariable(Sockets())
    package let connection: FourTuple

    package init(in world: World, _ family: IPAddress.Family) {
        self.world = world
        connection = FourTuple(
            client: Endpoint(world.client.address(family), port: 50_001),
            server: Endpoint(world.server.address(family), port: 7000))
    }

    /// Brings one side into a state, and waits until its kernel says that it is there.
    package func reach(_ situation: Situation) async throws {
        if let held = situation.held {
            world.wire.obey([MatchRule(from: held.from, .hold) { $0.flags.contains(held.flags) }])
        }
        let listener = try await HeldSocket(on: world.server, connection.server) { try $0.listen() }
        sockets.change { $0.listener = listener }
        if situation.dials {
            let client = try await HeldSocket(on: world.client, connection.client, dialling: connection.server)
            sockets.change { $0.ends[.client] = client }
        }
        if !situation.isBeforeEstablished { try await accept(from: listener) }
        for side in situation.closers {
            try sockets.change { $0.ends.removeValue(forKey: side) }?.close()
            try await seen("the FIN of the \(side)") { recording in
                recording.segments.contains {
                    $0.from == side && $0.segment.flags.contains(.fin) && ($0.arrival != nil || $0.fate == .held)
                }
            }
        }
        if situation.held != nil {
            try await seen("the segment that is held") { $0.segments.contains { $0.fate == .held } }
        }
        try await world.states("\(situation.state) at the \(situation.side)", of: connection) { states in
            states.state(situation.side) == situation.state ? () : nil
        }
    }

    /// A RST that a side's kernel must take for its peer's.
    package func reset(for side: Side) -> Segment {
        SequenceSpace(world.wire.recording.state.segments(of: connection)).reset(from: side.other, on: connection)
    }

    /// What the kernel has to report on a side's socket; nil also where that is closed. The corresponding C call is
    /// `getsockopt(…, SO_ERROR)`.
    package func pendingError(_ side: Side) throws -> Errno? {
        try sockets.read(\.ends[side])?.use { try $0.pendingError() } ?? nil
    }

    private func accept(from listener: HeldSocket) async throws {
        try await world.states("the connection to be established", of: connection) { states in
            Side.allCases.allSatisfy { states.state($0) == .established } ? () : nil
        }
        let server = try listener.use { listener -> HeldSocket? in
            var peer: Endpoint?
            guard let socket = try listener.accept(peer: &peer) else { return nil }
            return HeldSocket(socket)
        }
        guard let server = server ?? nil else { throw LaboratoryError("accept() returned no connection") }
        sockets.change { $0.ends[.server] = server }
    }

    private func seen(_ what: String, where isSo: @Sendable (WireRecording) -> Bool) async throws {
        _ = try await world.wire.recording.until(what) { recording in
            if let failure = recording.failure { throw failure }
            return isSo(recording) ? () : nil
        }
    }
}
