import Bench
import Claims
import Packets
import Recordings
import Scenes
import Stories
import TCPSockets

/// Filler after the last useful byte, so that the client closes with data unread.
struct Filler: Experiment {
    let id = "filler"
    let claims = ["D4"]
    let claimed = """
        The server can bring about a RST in place of TIME-WAIT by sending filler after the last useful byte, with the client \
        unchanged.
        """
    let done = """
        The server appends a padding frame to its answer. In one run the filler is in the same segment as the answer; in \
        the other it is so long that it takes segments of its own, which the wire delivers after the client's last recv().
        """
    let lookFor = "Whether the client's close() sends FIN or RST, and which counter its kernel increases."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let together = try await close(laboratory, "with-the-answer", padding: 1)
        let late = try await close(laboratory, "after-the-last-recv", padding: laboratory.breaksPremise ? 1 : 3000)
        return ExperimentResult(
            id,
            [
                judge(together, "when the client's recv() takes the filler along with the answer"),
                judge(late, "when the filler comes after the client's last recv()"),
            ], recordings: [together.1, late.1])
    }

    private func judge(_ run: (ended: Scene.Conversation, Recording, unread: Int), _ condition: String) -> Finding {
        let isReset = run.ended.segments.contains { $0.from == .client && $0.segment.flags.contains(.rst) }
        let holder = Outcome.holder { run.ended.aftermath.state($0) == .timeWait }
        let because =
            "The client sent \(run.ended.segments.ending(of: .client)) \(condition); then "
            + "\(holder == .none ? "nobody" : "the \(holder)") had TIME-WAIT (TCPAbortOnClose: \(run.unread); net/ipv4/tcp.c, __tcp_close)."
        return Finding(
            "D4", holds: isReset && holder == .none, under: .ordinary(condition), because: because, evidence: [id])
    }

    private func close(
        _ laboratory: Laboratory, _ name: String, padding: Int
    ) async throws -> (ended: Scene.Conversation, Recording, unread: Int) {
        try await Scene.play(laboratory, server: ["--close", "last", "--padding", "\(padding)"]) { scene in
            let before = try scene.world.client.counters.read()
            let delay = Pace.current.scaled(.milliseconds(200)).inMilliseconds
            let arguments = fixedPort + ["--close", "delay", "--close-delay", "\(delay)"]
            let conversation = try await scene.converse(arguments, rules: [HoldFiller()])
            let growth = try scene.world.client.counters.read().growth(since: before)
            return (conversation, scene.recording(name), growth["TcpExt:TCPAbortOnClose", default: 0])
        }
    }

    /// The first segment with data goes through; the others wait until the client has said exit.
    private struct HoldFiller: Rule {
        private var hasAnswer = false
        private var exitWasSaid = false
        private var held: [Int] = []

        mutating func consider(_ captured: CapturedSegment) -> Decision? {
            if captured.from == .client, Chat.isExit(captured.segment), !exitWasSaid {
                exitWasSaid = true
                return .deliver(held + [captured.number])
            }
            guard captured.from == .server, !captured.segment.payload.isEmpty, !exitWasSaid else { return nil }
            defer { hasAnswer = true }
            guard hasAnswer else { return nil }
            held.append(captured.number)
            return .hold
        }
    }
}
