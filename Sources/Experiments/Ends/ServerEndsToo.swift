import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// Both programs end on `exit`.
struct ServerEndsToo: Experiment {
    let id = "server-ends-too"
    let claims = ["A17"]
    let claimed = "If the server process also ends on exit, both programs end cleanly."
    let done = "As soon as the server has seen `exit`, it gets SIGTERM. In the article it ended by itself."
    let lookFor = "The exit status of both programs; whether both hosts send a FIN, and neither a RST."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await laboratory.semaphore.use { try await play(laboratory) }
    }

    private func play(_ laboratory: Laboratory) async throws -> ExperimentResult {
        let world = try await World()
        let result = ConditionVariable<FinishedProgram?>(nil)
        let server = try await world.withServer(laboratory.chat, laboratory.family, []) { server in
            world.wire.obey(laboratory.breaksPremise ? [] : Scene.clientFirst)
            let client = try await world.converse(laboratory.chat, with: server.endpoint, []) { client in
                // Broken on purpose: the client is not left to end by itself.
                if laboratory.breaksPremise { client.signal(9) }
            }
            result.change { $0 = client }
            guard let local = client.localEnd else {
                throw LaboratoryError("chat-client had no connection: \(client.account)")
            }
            _ = try await server.ending(of: local)
        }
        guard let client = result.state else { throw LaboratoryError("no client ran") }
        let segments = world.wire.recording.state.segments
        let resets = segments.count { $0.segment.flags.contains(.rst) }
        let isClean = client.status == 0 && server.status == 0 && resets == 0
        let finding = Finding(
            "A17", holds: isClean,
            because:
                "The client ended with status \(client.status), the server with \(server.status), and \(resets) RST "
                + "crossed the wire (RFC 9293 section 3.6: each side closes with its own FIN).",
            evidence: [id])
        let recording = Recording("both-end", segments: segments, clientCalls: client.calls, serverCalls: server.calls)
        return ExperimentResult(id, [finding], recordings: [recording])
    }
}
