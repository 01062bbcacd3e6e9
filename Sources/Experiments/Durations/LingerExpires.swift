import Bench
import ChatProtocol
import Claims
import Recordings
import Scenes
import TCPSockets

/// SO_LINGER when its time runs out.
struct LingerExpires: Experiment {
    let id = "linger-expires"
    let claims = ["F8"]
    let claimed = """
        SO_LINGER with a time blocks close() even on a non-blocking socket; when the time runs out with data unsent, the \
        kernel goes on sending.
        """
    let done = """
        From the client's `exit` on, nothing reaches the server. The client closes with SO_LINGER {on, 1 s}. When it has ended, \
        the wire works again.
        """
    let lookFor = "How long close() takes and what it returns; the state afterwards; whether `exit` arrives in the end."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory, server: ["--close", "last"]) { scene in
            let connection = FourTuple(
                client: Endpoint(scene.world.client.address(laboratory.family), port: 50_001),
                server: scene.server.endpoint)
            scene.world.wire.obey(laboratory.breaksPremise ? [] : [SilenceAfterExit()])
            let client = try await scene.dial(fixedPort + ["--close", "linger", "--linger-seconds", "1"])
            let after = try scene.world.wire.look(at: connection).state(.client)
            scene.world.wire.obey([])
            let ending = try await scene.server.ending(of: connection.client, within: Pace.current.scaled(.seconds(20)))
            guard let seconds = client.calls.closeSeconds, let close = client.calls.last(where: { $0.call == .close })
            else { throw LaboratoryError("the client made no close()") }
            let isNonBlocking = client.calls.contains { $0.errno == .inProgress || $0.errno == .wouldBlock }
            let because =
                "On a \(isNonBlocking ? "non-blocking" : "blocking") socket close() took \(Int(seconds * 1000)) ms and returned "
                + "\(close.result), with the connection in \(after). The kernel went on sending: when segments passed again, the server saw "
                + "\(ending) (net/ipv4/tcp.c, __tcp_close; net/core/stream.c, sk_stream_wait_close)."
            let holds = isNonBlocking && seconds >= 0.9 && after == .finWait1 && ending == .peer(.exit)
            return ExperimentResult(
                id, [Finding("F8", holds: holds, because: because, evidence: [id])],
                recordings: [scene.recording("expired")])
        }
    }

    /// The client's segments are lost from `exit` on.
    private struct SilenceAfterExit: Rule {
        private var exitWasSaid = false

        mutating func consider(_ captured: CapturedSegment) -> Decision? {
            guard captured.from == .client else { return nil }
            if Chat.isExit(captured.segment) { exitWasSaid = true }
            return exitWasSaid ? .drop : nil
        }
    }
}
