import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// Connections that end before they have begun.
struct HalfOpen: Experiment {
    let id = "half-open"
    let claims: [String] = []
    let claimed = """
        A connection can be given up in SYN-SENT, closed in SYN-RECEIVED, and reset in SYN-RECEIVED (RFC 9293 section 3.3.2, \
        figure 5).
        """
    let done = """
        A client closes while its SYN is lost. Two sides connect to each other, the answers to both SYNs are lost, and one \
        closes. A listener gets a SYN, then a RST. send() and connect() are called on a listening socket.
        """
    let lookFor = "SYN-SENT to CLOSED, SYN-RECEIVED to FIN-WAIT-1, SYN-RECEIVED to LISTEN."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let semaphore = laboratory.semaphore
        let recordings = [
            try await semaphore.use { try await closeInSYNSent(laboratory) },
            try await semaphore.use { try await closeInSYNReceived(laboratory) },
            try await resetInSYNReceived(laboratory),
        ]
        let attempts = try await semaphore.use { try await leaveListen(laboratory) }
        return ExperimentResult(
            id, [], recordings: recordings, figures: attempts.map { .init($0.call, words($0.error)) },
            obstacles: obstacles(attempts))
    }

    private typealias Attempt = (call: String, error: SocketError?)

    /// The calls that should make the step from LISTEN to SYN-SENT, which none makes on Linux.
    private func leaveListen(_ laboratory: Laboratory) async throws -> [Attempt] {
        let world = try await World()
        let ends = ends(in: world, laboratory.family)
        return try await world.client.inside {
            let socket = try TCPSocket(ends.client.address.family)
            let result = Result {
                try socket.bind(to: ends.client)
                try socket.listen()
                return [
                    ("send() on a listening socket", error { () throws(SocketError) in try socket.send([0]) }),
                    (
                        "connect() on a listening socket",
                        error { () throws(SocketError) in try socket.connect(to: ends.server) }
                    ),
                ]
            }
            try socket.close()
            return try result.get()
        }
    }

    private func error(_ call: () throws(SocketError) -> some Any) -> SocketError? {
        do {
            _ = try call()
            return nil
        } catch {
            return error
        }
    }

    private func words(_ error: SocketError?) -> String { error.map { "failed with \($0.errno.name)" } ?? "succeeded" }

    private func obstacles(_ attempts: [Attempt]) -> [Transition: String] {
        guard attempts.allSatisfy({ $0.error != nil }) else { return [:] }
        let words = attempts.map { "\($0.call) \(self.words($0.error))" }.joined(separator: ", ")
        return [Transition(from: .listen, to: .synSent): "\(words) (net/core/stream.c; net/ipv4/af_inet.c)"]
    }

    private func closeInSYNSent(_ laboratory: Laboratory) async throws -> Recording {
        let world = try await World()
        world.wire.obey([MatchRule(.drop) { _ in true }])
        let ends = ends(in: world, laboratory.family)
        let socket = try await HeldSocket(on: world.client, ends.client, dialling: ends.server)
        try await world.wire.recording.until("the SYN") { $0.segments.isEmpty ? nil : () }
        try socket.close()
        try await world.untilOver(.synSent, .client, of: ends)
        return recording("close-in-syn-sent", world)
    }

    private func closeInSYNReceived(_ laboratory: Laboratory) async throws -> Recording {
        let world = try await World()
        let ends = ends(in: world, laboratory.family)
        let nothing = MatchRule(.drop) { _ in true }
        // Broken on purpose: the SYNs are lost as well, and do not cross.
        let state: TCPState = laboratory.breaksPremise ? .synSent : .synReceived
        world.wire.obey(laboratory.breaksPremise ? [nothing] : [CrossingSYNs(), nothing])
        let client = try await HeldSocket(on: world.client, ends.client, dialling: ends.server)
        let server = try await HeldSocket(on: world.server, ends.server, dialling: ends.client)
        try await world.states("\(state) on both sides", of: ends) { states in
            Side.allCases.allSatisfy { states.state($0) == state } ? () : nil
        }
        try client.close()
        try await world.untilOver(state, .client, of: ends)
        try server.close()
        try await world.untilOver(state, .server, of: ends)
        return recording("close-in-syn-received", world)
    }

    private func resetInSYNReceived(_ laboratory: Laboratory) async throws -> Recording {
        try await Scene.play(laboratory) { scene in
            let ends = FourTuple(
                client: Endpoint(scene.world.client.address(laboratory.family), port: 50_001),
                server: scene.server.endpoint)
            // Nobody on the client's host has sent the SYN: its own RST would come first.
            scene.world.wire.obey([MatchRule(from: .client, .drop) { _ in true }])
            let syn = Segment(from: ends.client, to: ends.server, sequence: 1000, flags: .syn, window: 64_240)
            try scene.world.wire.inject(syn, from: .client)
            try scene.world.wire.look(at: ends)
            let reset = Segment(from: ends.client, to: ends.server, sequence: 1001, flags: .rst)
            if !laboratory.breaksPremise { try scene.world.wire.inject(reset, from: .client) }
            try scene.world.wire.look(at: ends)
            return scene.recording("reset-in-syn-received")
        }
    }

    private func ends(in world: World, _ family: IPAddress.Family) -> FourTuple {
        FourTuple(
            client: Endpoint(world.client.address(family), port: 50_001),
            server: Endpoint(world.server.address(family), port: 50_002))
    }

    private func recording(_ name: String, _ world: World) -> Recording {
        let wire = world.wire.recording.state
        return Recording(name, segments: wire.segments, samples: wire.samples, clientCalls: [], serverCalls: [])
    }
}

extension World {
    /// Waits until a close() has taken a side out of a state. That may be a moment late: a program that is being started
    /// elsewhere has copies of all descriptors until it runs.
    fileprivate func untilOver(_ state: TCPState, _ side: Side, of connection: FourTuple) async throws {
        try await states("the end of \(state)", of: connection) { $0.state(side) == state ? nil : () }
    }
}
