import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// connect() with AF_UNSPEC.
struct Disconnection: Experiment {
    let id = "disconnection"
    let claims = ["F6"]
    let claimed = "connect(AF_UNSPEC) resets a connection."
    let done = "The client says `exit`, calls connect() with AF_UNSPEC, then close()."
    let lookFor = "The RST, and what both hosts keep."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory) { scene in
            let strategy = laboratory.breaksPremise ? "active" : "disconnect"
            let conversation = try await scene.converse(fixedPort + ["--close", strategy])
            let call = conversation.client.calls.last { $0.call == .connect && $0.text("address") == "AF_UNSPEC" }
            let reset = conversation.segments.first(from: .client, .rst)
            let (client, server) = (conversation.aftermath.state(.client), conversation.aftermath.state(.server))
            let because =
                "connect(AF_UNSPEC) returned \(call.map { "\($0.result)" } ?? "nothing, because it was not called"); the client sent "
                + "\(conversation.segments.ending(of: .client)), its host was then in \(client), the server's in \(server) (connect(2); "
                + "net/ipv4/tcp.c, tcp_disconnect)."
            let holds = call?.result == 0 && reset != nil && client == .closed
            return ExperimentResult(
                id, [Finding("F6", holds: holds, because: because, evidence: [id])],
                recordings: [scene.recording(strategy)])
        }
    }
}
