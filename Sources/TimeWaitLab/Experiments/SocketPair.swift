internal import Synchronization
internal import TCPSockets

/// A listener, a socket that dials it, and the one that accept() makes of that, all in the laboratory's own hands: for
/// states in which no program of the chat would wait.
final class SocketPair: Sendable {
    private enum Role: Hashable, CaseIterable {
        case listener
        case end(Side)

        static let allCases: [Role] = [.end(.client), .end(.server), .listener]
    }

    private let world: World
    private let open = Mutex<[Role: CInt]>([:])
    let connection: Connection

    init(in world: World) {
        self.world = world
        connection = Connection(
            client: Endpoint(world.client.address(.v4), port: 50_001),
            server: Endpoint(world.server.address(.v4), port: 7000))
    }

    /// Brings one side into a state, and waits until its kernel says that it is there.
    func reach(_ situation: Situation) async throws {
        if let held = situation.held {
            world.wire.obey([Treat(from: held.from, .hold) { $0.flags.contains(held.flags) }])
        }
        try await listen()
        if situation.dials { try await dial() }
        if !situation.isBeforeEstablished { try await accept() }
        for side in situation.closers {
            try close(.end(side))
            try await seen("the FIN of the \(side)") { recording in
                recording.passages.contains {
                    $0.from == side && $0.segment.flags.contains(.fin) && ($0.arrival != nil || $0.fate == .held)
                }
            }
        }
        try world.wire.look(at: connection)
        try await seen("\(situation.state) at the \(situation.side)") { [connection] recording in
            let isHeld = situation.held == nil || recording.passages.contains { $0.fate == .held }
            return isHeld && recording.latest[connection]?.state(situation.side) == situation.state
        }
    }

    /// A RST that a side's kernel must take for its peer's: it has the next sequence number (RFC 9293 section 3.10.7.4), or
    /// in SYN-SENT acknowledges the SYN (section 3.10.7.3).
    func reset(for situation: Situation) -> Segment {
        let toClient = situation.side == .client
        let source = toClient ? connection.server : connection.client
        let destination = toClient ? connection.client : connection.server
        let passages = world.wire.recording.state.passages(of: connection)
        if situation.state == .synSent, let syn = passages.first?.segment {
            return Segment(
                from: source, to: destination, sequence: 0, acknowledgement: syn.end, flags: [.rst, .ack])
        }
        let last = passages.last { $0.from != situation.side && $0.arrival != nil }
        return Segment(from: source, to: destination, sequence: last?.segment.end ?? 1, flags: .rst)
    }

    /// What the kernel has to report on a side's socket, if that is still open. The corresponding C call is
    /// `getsockopt(…, SO_ERROR)`.
    func pendingError(_ side: Side) throws -> Errno? {
        guard let descriptor = open.withLock({ $0[.end(side)] }) else { return nil }
        let socket = TCPSocket(owning: descriptor)
        let result = Result { try socket.pendingError() }
        socket.abandon()
        return try result.get()
    }

    /// Closes what is still open.
    func close() throws {
        for role in Role.allCases { try close(role) }
    }

    // MARK: - steps

    private func listen() async throws {
        try await world.server.inside { [self] in
            let socket = try TCPSocket(.v4)
            let result = Result {
                try socket.bind(to: connection.server)
                try socket.listen()
            }
            keep(socket, as: .listener)
            try result.get()
        }
    }

    private func dial() async throws {
        try await world.client.inside { [self] in
            let socket = try TCPSocket(.v4)
            let result = Result {
                try socket.bind(to: connection.client)
                _ = try socket.connect(to: connection.server)
            }
            keep(socket, as: .end(.client))
            try result.get()
        }
    }

    private func accept() async throws {
        try await seen("the connection to be established") { [connection] recording in
            let states = recording.latest[connection]
            return states?.state(.client) == .established && states?.state(.server) == .established
        }
        let listener = TCPSocket(owning: open.withLock { $0[.listener] } ?? -1)
        var peer: Endpoint?
        let accepted: TCPSocket?
        do {
            accepted = try listener.accept(peer: &peer)
            listener.abandon()
        } catch {
            listener.abandon()
            throw error
        }
        guard let accepted else { throw LaboratoryError("accept() had nobody to return") }
        keep(accepted, as: .end(.server))
    }

    private func seen(_ what: String, where isSo: @Sendable (WireRecording) -> Bool) async throws {
        _ = try await world.wire.recording.until(what) { recording in
            if let failure = recording.failure { throw failure }
            return isSo(recording) ? () : nil
        }
    }

    private func keep(_ socket: consuming TCPSocket, as role: Role) {
        let descriptor = socket.descriptor
        open.withLock { $0[role] = descriptor }
        socket.abandon()
    }

    private func close(_ role: Role) throws {
        guard let descriptor = open.withLock({ $0.removeValue(forKey: role) }) else { return }
        try TCPSocket(owning: descriptor).close()
    }
}

/// A state, the side that is to be in it, and the way there.
struct Situation: Sendable {
    let state: TCPState
    let side: Side
    /// Whether anybody dials.
    var dials = true
    /// Who closes, one after the other.
    var closers: [Side] = []
    /// The segments that may not arrive: those with these flags, from this side.
    var held: (from: Side, flags: Segment.Flags)?

    /// Whether the handshake is not to end.
    var isBeforeEstablished: Bool { [.listen, .synSent, .synReceived].contains(state) }

    /// All states of RFC 9293 section 3.3.2 but CLOSED, which is none.
    static let all: [Situation] = [
        Situation(state: .listen, side: .server, dials: false),
        Situation(state: .synSent, side: .client, held: (.client, .syn)),
        Situation(state: .synReceived, side: .server, held: (.server, .syn)),
        Situation(state: .established, side: .client),
        Situation(state: .finWait1, side: .client, closers: [.client], held: (.client, .fin)),
        Situation(state: .finWait2, side: .client, closers: [.client]),
        Situation(state: .closeWait, side: .client, closers: [.server]),
        Situation(state: .closing, side: .client, closers: [.client, .server], held: (.client, .fin)),
        Situation(state: .lastAck, side: .client, closers: [.server, .client], held: (.client, .fin)),
        Situation(state: .timeWait, side: .client, closers: [.client, .server]),
    ]
}
