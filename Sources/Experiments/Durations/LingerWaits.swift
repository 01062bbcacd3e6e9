import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// How long close() takes when the server is far away.
struct LingerWaits: Experiment {
    let id = "linger-waits"
    let claims = ["B8"]
    let claimed = "With SO_LINGER and a time, the wait is left to the lower layer: close() returns at once."
    let done = """
        From the client's FIN on, every segment of the server takes 200 ms, or more on a slow machine. The client \
        closes with SO_LINGER {on, 5 s} and, for comparison, without. Then, with no delay, fifty clients each way \
        race a server that closes at once.
        """
    let lookFor = "Whether close() returns before the ACK of the client's FIN arrives, or after."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        // Less than the time of SO_LINGER.
        let delay = min(Pace.current.scaled(.milliseconds(200)), .seconds(4))
        var figures: [ExperimentResult.Figure] = []
        var recordings: [Recording] = []
        var lingered = 0.0
        var waited = false
        let linger = laboratory.breaksPremise ? "dont-linger" : "linger"
        for strategy in [linger, "active"] {
            let (seconds, afterAcknowledgement, recording) = try await close(laboratory, strategy, delay)
            figures.append(.init("close() with --close \(strategy)", "\(Int(seconds * 1000)) ms"))
            recordings.append(recording)
            if strategy == linger { (lingered, waited) = (seconds, afterAcknowledgement) }
        }
        for strategy in ["linger", "active"] { figures.append(try await race(laboratory, strategy)) }
        let finding = Finding(
            "B8", holds: !waited,
            because:
                "close() took \(Int(lingered * 1000)) ms and returned \(waited ? "after" : "before") the ACK of the FIN, "
                + "which the wire delayed by \(delay.inMilliseconds) ms. (socket(7), SO_LINGER; net/core/stream.c, sk_stream_wait_close.)",
            evidence: [id])
        return ExperimentResult(id, [finding], recordings: recordings, figures: figures)
    }

    /// Who closes first where the wire does not decide it: the machine's business does, and so it is a figure and no finding.
    private func race(_ laboratory: Laboratory, _ strategy: String) async throws -> ExperimentResult.Figure {
        let runs = 50
        return try await Scene.play(laboratory) { scene in
            var first: [Side: Int] = [:]
            for _ in 0..<runs {
                let conversation = try await scene.converse(["--close", strategy], rules: [])
                let fin = conversation.segments.first { $0.segment.flags.contains(.fin) }
                if let side = fin?.from { first[side, default: 0] += 1 }
            }
            return .init(
                "the first FIN of \(runs) races with --close \(strategy)",
                "the client's \(first[.client, default: 0]) times, the server's \(first[.server, default: 0]) times")
        }
    }

    private func close(
        _ laboratory: Laboratory, _ strategy: String, _ delay: Duration
    ) async throws -> (Double, Bool, Recording) {
        try await Scene.play(laboratory, server: ["--close", "last"]) { scene in
            let conversation = try await scene.converse(
                fixedPort + ["--close", strategy], rules: [DelayAfterFIN(delay: delay)])
            let calls = conversation.client.calls
            guard let fin = conversation.segments.first(from: .client, .fin),
                let acknowledgement = conversation.segments.first(where: {
                    $0.from == .server && $0.segment.acknowledgement == fin.segment.end
                })?.arrival,
                let returned = calls.last(where: { $0.call == .close })?.time, let seconds = calls.closeSeconds
            else { throw LaboratoryError("no FIN, or no close(), with --close \(strategy)") }
            return (seconds, returned > acknowledgement, scene.recording(strategy))
        }
    }

    /// A server that is suddenly far away.
    private struct DelayAfterFIN: Rule {
        let delay: Duration
        private var finWasSeen = false

        init(delay: Duration) {
            self.delay = delay
        }

        mutating func consider(_ captured: CapturedSegment) -> Decision? {
            if captured.from == .client, captured.segment.flags.contains(.fin) { finWasSeen = true }
            return finWasSeen && captured.from == .server ? .delay(delay) : nil
        }
    }
}
