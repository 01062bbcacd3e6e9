package import Bench
package import Packets
package import Recordings
import Stories
package import TCPSockets

/// A connection between two sockets of the laboratory's own, with the listener that made one of them: for programs that do
/// what no program of the chat does.
package struct HeldPair: Sendable {
    package let world: World
    package let connection: FourTuple
    package let client: HeldSocket
    package let server: HeldSocket
    private let listener: HeldSocket

    /// Makes the connection on fresh hosts, and clears it away when the script has ended.
    package static func play<R: Sendable>(
        _ laboratory: Laboratory, over family: IPAddress.Family, sysctls: [String: String] = [:],
        _ script: @escaping @Sendable (HeldPair) async throws -> R
    ) async throws -> R {
        try await laboratory.semaphore.use {
            try await script(HeldPair(in: try await World(sysctls: sysctls), family))
        }
    }

    private init(in world: World, _ family: IPAddress.Family) async throws {
        let connection = FourTuple(
            client: Endpoint(world.client.address(family), port: 50_001),
            server: Endpoint(world.server.address(family), port: 7000))
        let listener = try await HeldSocket(on: world.server, connection.server) { try $0.listen() }
        client = try await HeldSocket(on: world.client, connection.client, dialling: connection.server)
        try await world.states("the connection to be established", of: connection) { states in
            Side.allCases.allSatisfy { states.state($0) == .established } ? () : nil
        }
        let accepted = try listener.use { listener -> HeldSocket? in
            var peer: Endpoint?
            guard let socket = try listener.accept(peer: &peer) else { return nil }
            return HeldSocket(socket)
        }
        guard let server = accepted ?? nil else { throw LaboratoryError("accept() returned no connection") }
        (self.world, self.connection, self.listener, self.server) = (world, connection, listener, server)
    }

    /// Waits until a side is in a state.
    package func reached(_ state: TCPState, at side: Side) async throws {
        try await world.states("\(state) at the \(side)", of: connection) { $0.state(side) == state ? () : nil }
    }

    /// What a host keeps of the connection now; nil for nothing.
    package func entry(_ side: Side) throws -> SocketEntry? {
        guard let entry = try world.wire.look(at: connection)[side], entry.state != .listen else { return nil }
        return entry
    }

    /// Waits for a segment of the connection, whatever became of it.
    @discardableResult
    package func seen(
        _ what: String, from mark: Int = 0, where matches: @escaping @Sendable (CapturedSegment) -> Bool
    ) async throws -> CapturedSegment {
        try await world.wire.recording.until(what) { recording in
            if let failure = recording.failure { throw failure }
            return recording.segments(of: connection, from: mark).first {
                matches($0) && ($0.arrival != nil || $0.fate != .delivered)
            }
        }
    }

    /// The place in the recording that has been reached.
    package var mark: Int { world.wire.recording.read(\.segments.count) }

    /// Dials again between the same two ends, and goes on until the second SYN was answered.
    ///
    /// - Returns: How that was answered, and the socket.
    package func dialAgain() async throws -> (answer: Segment.Flags, socket: HeldSocket) {
        let mark = mark
        let socket = try await HeldSocket(on: world.client, connection.client, dialling: connection.server)
        let answer = try await world.wire.recording.until("an answer to the second SYN") { recording in
            if let failure = recording.failure { throw failure }
            let segments = recording.segments(of: connection, from: mark)
            let opening = segments.filter { $0.origin == .host && $0.from == .client && $0.segment.flags == .syn }
            guard let second = opening.dropFirst().first else { return Segment.Flags?.none }
            return segments.first { $0.from == .server && $0.number > second.number }?.segment.flags
        }
        return (answer, socket)
    }

    package func recording(_ name: String) -> Recording {
        let wire = world.wire.recording.state
        return Recording(
            name, segments: wire.segments, samples: wire.samples, clientCalls: [], serverCalls: [])
    }
}

extension IPAddress.Family {
    /// As it is written in sentences and in names of recordings.
    package var name: String { self == .v4 ? "IPv4" : "IPv6" }
}

/// Makes the same trial over both versions of IP.
package func overBothFamilies<R: Sendable>(
    _ trial: @escaping @Sendable (IPAddress.Family) async throws -> R
) async throws -> [R] {
    async let v4 = trial(.v4)
    async let v6 = trial(.v6)
    return try await [v4, v6]
}

/// What was seen over each version of IP, once where it was the same.
package func overBoth(_ words: [String]) -> String {
    guard let first = words.first, words.contains(where: { $0 != first }) else {
        return "over IPv4 and IPv6 alike, \(words.first ?? "nothing was seen")"
    }
    return zip(["IPv4", "IPv6"], words).map { "over \($0), \($1)" }.joined(separator: "; ")
}
