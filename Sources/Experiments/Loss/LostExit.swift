import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// The price of a RST: what was on its way is not sent again.
struct LostExit: Experiment {
    let id = "lost-exit"
    let claims = ["E5"]
    let claimed = "Avoiding TIME-WAIT by a RST is usually a bad idea."
    let done = "For every way to close, the wire loses the segment with the client's `exit` once."
    let lookFor = "Whether `exit` is retransmitted, and how many of the client's bytes the server reads in the end."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        var recordings: [Recording] = []
        var lost: [(strategy: CloseStrategy, isReset: Bool, bytes: Int)] = []
        for strategy in CloseStrategy.allCases {
            let (isReset, bytes, recording) = try await close(laboratory, strategy)
            lost.append((strategy, isReset, bytes))
            recordings.append(recording)
        }
        let (resets, orderly) = (lost.filter(\.isReset), lost.filter { !$0.isReset })
        let finding = Finding(
            "E5", holds: !resets.isEmpty && resets.allSatisfy { $0.bytes > 0 } && orderly.allSatisfy { $0.bytes == 0 },
            because: "When the segment with `exit` was lost once, the endings by RST (\(list(resets))) lost "
                + "\(range(resets)) of the client's bytes for good, the orderly ones (\(list(orderly))) \(range(orderly)): "
                + "a reset socket retransmits nothing (RFC 9293 section 3.10.5, ABORT).",
            evidence: [id])
        return ExperimentResult(
            id, [finding], recordings: recordings,
            figures: lost.map { .init("bytes lost with --close \($0.strategy.rawValue)", "\($0.bytes)") },
            measures: lost.map { Measure(.bytesLostOnce, $0.strategy, Double($0.bytes)) })
    }

    private func list(_ lost: [(strategy: CloseStrategy, isReset: Bool, bytes: Int)]) -> String {
        lost.map(\.strategy.rawValue).joined(separator: ", ")
    }

    private func range(_ lost: [(strategy: CloseStrategy, isReset: Bool, bytes: Int)]) -> String {
        guard let least = lost.map(\.bytes).min(), let most = lost.map(\.bytes).max() else { return "nothing" }
        return least == most ? "\(least)" : "\(least) to \(most)"
    }

    private func close(_ laboratory: Laboratory, _ strategy: CloseStrategy) async throws -> (Bool, Int, Recording) {
        try await Scene.play(laboratory, server: ["--close", "last"]) { scene in
            let loss = MatchRule(from: .client, times: laboratory.breaksPremise ? 0 : 1, .drop, where: Chat.isExit)
            let arguments = fixedPort + ["--close", strategy.rawValue, "--close-timeout", "1"]
            let conversation = try await scene.converse(arguments, rules: [loss])
            let calls = scene.server.program.output.read(\.calls).onSocket(of: conversation.connection)
            let lost = conversation.client.calls.bytes(moved: .send) - calls.bytes(moved: .recv)
            let isReset = conversation.segments.contains { $0.from == .client && $0.segment.flags.contains(.rst) }
            return (isReset, lost, scene.recording(strategy.rawValue))
        }
    }
}
