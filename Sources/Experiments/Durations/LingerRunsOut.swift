import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// SO_LINGER whose time runs out with data unacknowledged.
struct LingerRunsOut: Experiment {
    let id = "linger-runs-out"
    let claims = ["F25"]
    let claimed = "When the time of SO_LINGER runs out, the unsent data is discarded and a RST is sent."
    let done = """
        The client sends ten bytes, which the wire holds, and closes with SO_LINGER {on, 1 s}. When close() has returned, the wire \
        lets them go.
        """
    let lookFor = """
        What close() returns; what the client's host keeps then; whether a RST is sent; whether the ten bytes arrive.
        """

    private struct Trial: Sendable {
        let returned: String
        let after: TCPState
        let isReset: Bool
        let bytes: Int
        let recording: Recording

        var words: String {
            "close() \(returned) and left \(after); \(isReset ? "a RST" : "no RST") was sent, and the server got \(bytes) of 10 "
                + "bytes"
        }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let trials = try await overBothFamilies { try await run(laboratory, $0) }
        let finding = Finding(
            "F25", holds: trials.allSatisfy { $0.isReset && $0.bytes < 10 },
            because: "When its time had run out, \(overBoth(trials.map(\.words))) (socket(7); net/ipv4/tcp.c, "
                + "__tcp_close).",
            evidence: [id])
        return ExperimentResult(id, [finding], recordings: trials.map(\.recording))
    }

    private func run(_ laboratory: Laboratory, _ family: IPAddress.Family) async throws -> Trial {
        try await HeldPair.play(laboratory, over: family) { pair in
            pair.world.wire.obey([MatchRule(from: .client, .hold) { !$0.payload.isEmpty || $0.flags.contains(.fin) }])
            _ = try pair.client.use { try $0.send(ArraySlice([UInt8](repeating: 0x78, count: 10))) }
            try await pair.seen("the ten bytes") { $0.from == .client && !$0.segment.payload.isEmpty }
            // Broken on purpose: the time that asks for a RST.
            let seconds = laboratory.breaksPremise ? 0 : 1
            _ = try pair.client.use { try $0.setLinger(seconds: seconds) }
            let returned = try await pair.world.client.inside {
                do {
                    try pair.client.close()
                    return "returned 0"
                } catch let error as SocketError {
                    return "failed with \(error.errno.name)"
                }
            }
            let after = try pair.entry(.client)?.state ?? .closed
            if after == .closed {
                try await pair.seen("the RST") { $0.from == .client && $0.segment.flags.contains(.rst) }
                for held in pair.world.wire.recording.read({ $0.segments.filter { $0.fate == .held } }) {
                    pair.world.wire.drop(held.number)
                }
            } else {
                try pair.world.wire.letGo()
                try await pair.reached(.closeWait, at: .server)
            }
            var buffer = [UInt8](repeating: 0, count: 64)
            let received = try? pair.server.use { try $0.receive(into: &buffer) }
            let bytes = if case .bytes(let count)? = received { count } else { 0 }
            let isReset = pair.world.wire.recording.read { recording in
                recording.segments(of: pair.connection).contains {
                    $0.from == .client && $0.segment.flags.contains(.rst)
                }
            }
            return Trial(
                returned: returned, after: after, isReset: isReset, bytes: bytes,
                recording: pair.recording("ran-out-\(family.name)"))
        }
    }
}
