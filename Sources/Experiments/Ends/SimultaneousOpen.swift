import Bench
import Claims
import Glibc
import Recordings
import Scenes
import TCPSockets

/// Two SYNs that cross: the one handshake without a listener.
struct SimultaneousOpen: Experiment {
    let id = "simultaneous-open"
    let claims: [String] = []
    let claimed =
        "Two sides that connect to each other at the same time get one connection (RFC 9293 section 3.5, figure 7)."
    let done =
        "Each host binds a port and connects to the other's; the wire holds the first SYN until the second is there."
    let lookFor = "SYN-SENT, SYN-RECEIVED and ESTABLISHED on both hosts, with no LISTEN anywhere."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await laboratory.semaphore.use { try await play(laboratory) }
    }

    private func play(_ laboratory: Laboratory) async throws -> ExperimentResult {
        let world = try await World()
        let ends = FourTuple(
            client: Endpoint(world.client.address(laboratory.family), port: 50_001),
            server: Endpoint(world.server.address(laboratory.family), port: 50_002))
        let results = try await laboratory.breaksPremise ? dialInTurn(ends, world) : dialAtOnce(ends, world)
        let recording = Recording(
            "crossing", segments: world.wire.recording.state.segments, clientCalls: [], serverCalls: [])
        let figures = [results.0, results.1].map { $0?.name ?? "connected" }
        return ExperimentResult(
            id, [], recordings: [recording],
            figures: [.init("client's connect()", figures[0]), .init("server's connect()", figures[1])])
    }

    private func dialAtOnce(_ ends: FourTuple, _ world: World) async throws -> (Errno?, Errno?) {
        world.wire.obey([CrossingSYNs()])
        let patience = Pace.current.patience
        async let client = world.client.inside { try dial(from: ends.client, to: ends.server, patience) }
        async let server = world.server.inside { try dial(from: ends.server, to: ends.client, patience) }
        return try await (client, server)
    }

    /// Broken on purpose: when the second one dials, the first has been refused.
    private func dialInTurn(_ ends: FourTuple, _ world: World) async throws -> (Errno?, Errno?) {
        let patience = Pace.current.patience
        let client = try await world.client.inside { try dial(from: ends.client, to: ends.server, patience) }
        return (client, try await world.server.inside { try dial(from: ends.server, to: ends.client, patience) })
    }

    /// Dials, and closes when the connection stands, or cannot.
    private func dial(from local: Endpoint, to remote: Endpoint, _ patience: Duration) throws -> Errno? {
        let socket = try TCPSocket(local.address.family)
        let result = Result { () throws -> Errno? in
            try socket.bind(to: local)
            if try socket.connect(to: remote) == .inProgress {
                let ready = try wait(for: [.output(socket.descriptor)], until: .now + patience)
                if ready.isEmpty { return .timedOut }
            }
            return try socket.pendingError()
        }
        try socket.close()
        return try result.get()
    }
}
