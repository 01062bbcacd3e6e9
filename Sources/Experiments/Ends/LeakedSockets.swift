import Bench
import Claims
import Recordings
import Scenes
import TCPSockets

/// A server that forgets to close.
struct LeakedSockets: Experiment {
    let id = "leaked-sockets"
    let claims = ["E6"]
    let claimed = "CLOSE-WAIT piles up when a side never closes after its peer has."
    let done = "Clients talk to a server that never closes, and close, one after the other."
    let lookFor = "The sockets in CLOSE-WAIT on the server's host, and whether they have timers."

    private static let clients = 8

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let order = laboratory.breaksPremise ? "last" : "never"
        return try await Scene.play(laboratory, server: ["--close", order]) { scene in
            for _ in 0..<Self.clients {
                let client = try await scene.dial()
                guard let local = client.localEnd else {
                    throw LaboratoryError("chat-client had no connection: \(client.account)")
                }
                let connection = FourTuple(client: local, server: scene.server.endpoint)
                try await scene.world.states("the client's FIN to be acknowledged", of: connection) { states in
                    [.finWait2, .timeWait].contains(states.state(.client)) ? () : nil
                }
            }
            let sockets = try await scene.world.server.inside { try SocketTable().entries() }
            let leaked = sockets.filter { $0.state == .closeWait }
            let timers = leaked.count { $0.timer != nil }
            let because =
                "After \(Self.clients) conversations the server's host kept \(leaked.count) sockets in CLOSE-WAIT, \(timers) of them "
                + "with a timer: while the peer is silent, only close() or the end of the process ends that state (RFC 9293 section 3.3.2)."
            return ExperimentResult(
                id,
                [Finding("E6", holds: leaked.count == Self.clients && timers == 0, because: because, evidence: [id])],
                recordings: [scene.recording("leak")])
        }
    }
}
