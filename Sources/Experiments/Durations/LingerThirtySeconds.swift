import Claims
import Recordings
import Scenes
import Stories
import TCPSockets

/// SO_LINGER with the time that a write-up recommends.
struct LingerThirtySeconds: Experiment {
    let id = "linger-30"
    let claims = ["E4"]
    let claimed = "SO_LINGER on with 30 seconds skips TIME-WAIT."
    let done = "The client closes first with SO_LINGER {on, 30 s}, and connects again from the same port."
    let lookFor = "What the client's host keeps, and which call of the second client fails."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory) { scene in
            // Broken on purpose: with no time at all, the option does something else altogether.
            let seconds = laboratory.breaksPremise ? "0" : "30"
            let arguments = fixedPort + ["--close", "linger", "--linger-seconds", seconds]
            let conversation = try await scene.converse(arguments)
            let state = conversation.aftermath.state(.client)
            let again = try await scene.dial(fixedPort).attempt
            let finding = Finding(
                "E4", holds: state != .timeWait && again.succeeded,
                because:
                    "After close() with SO_LINGER {on, \(seconds) s} the client's host kept the connection in \(state). The "
                    + "next client on the same port: \(again.words) (socket(7): the time is how long close() waits).",
                evidence: [id])
            return ExperimentResult(id, [finding], recordings: [scene.recording("linger-30")])
        }
    }
}
