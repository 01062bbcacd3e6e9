import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// TCP_LINGER2 with a negative time.
struct NegativeLinger2: Experiment {
    let id = "negative-linger2"
    let claims = ["F22"]
    let claimed = "A negative TCP_LINGER2 makes close() in FIN-WAIT-2 send a RST."
    let done = "The client sets TCP_LINGER2 = -1, shuts down its half, reaches FIN-WAIT-2, and closes."
    let lookFor = "Whether close() sends a RST, and what the client's host keeps."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let trials = try await overBothFamilies { family in
            try await HeldPair.play(laboratory, over: family) { pair -> (isReset: Bool, after: TCPState, Recording) in
                if !laboratory.breaksPremise { try pair.client.setLinger2(-1) }
                _ = try pair.client.use { try $0.shutdownSending() }
                try await pair.reached(.finWait2, at: .client)
                try pair.client.close()
                let after = try pair.entry(.client)?.state ?? .closed
                // With nothing left at the client, only its RST takes the server out of CLOSE-WAIT.
                if after == .closed { try await pair.seen("the RST") { $0.segment.flags.contains(.rst) } }
                let recording = pair.recording("close-\(family.name)")
                let isReset = recording.segments.contains { $0.from == .client && $0.segment.flags.contains(.rst) }
                return (isReset, after, recording)
            }
        }
        let words = trials.map {
            "close() sent \($0.isReset ? "a RST" : "no RST"), and the client's host kept "
                + ($0.after == .closed ? "nothing" : "\($0.after)")
        }
        let finding = Finding(
            "F22", holds: trials.allSatisfy { $0.isReset && $0.after == .closed },
            because: "In FIN-WAIT-2, \(overBoth(words)) (tcp(7); net/ipv4/tcp.c, __tcp_close).", evidence: [id])
        return ExperimentResult(id, [finding], recordings: trials.map(\.2))
    }
}
