import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// What becomes of a connect() whose SYN TIME-WAIT refuses.
struct RefusedSYN: Experiment {
    let id = "refused-syn"
    let claims = ["F18"]
    let claimed = "tcp_rfc1337 = 1 costs nothing."
    let done = """
        The server closes first, without timestamps. The same client connects again, and the wire moves its sequence numbers to \
        before the old ones, and the acknowledgements back, so that TIME-WAIT refuses the SYN. Once with tcp_rfc1337 = 0, once with 1.
        """
    let lookFor = "Whether the client's RST ends TIME-WAIT, and how the second SYN is answered."

    private struct Trial: Sendable {
        let answer: Segment.Flags
        let recording: Recording
        var succeeded: Bool { answer.isSuperset(of: [.syn, .ack]) }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let off = try await overBothFamilies { try await dial(laboratory, $0, "0") }
        let on = try await overBothFamilies { try await dial(laboratory, $0, laboratory.breaksPremise ? "0" : "1") }
        let words = zip(off, on).map { off, on in
            "with tcp_rfc1337 = 0 the second SYN got \(off.answer.names(joinedBy: " and ")), with 1 "
                + "\(on.answer.names(joinedBy: " and "))"
        }
        let finding = Finding(
            "F18", holds: zip(off, on).allSatisfy { $0.succeeded && $1.succeeded },
            because: "TIME-WAIT refused the first SYN with an ACK, and the client's host answered it with a RST. Then, "
                + "\(overBoth(words)) (RFC 1337; net/ipv4/tcp_minisocks.c, tcp_timewait_state_process).",
            evidence: [id])
        return ExperimentResult(id, [finding], recordings: (off + on).map(\.recording))
    }

    private func dial(_ laboratory: Laboratory, _ family: IPAddress.Family, _ setting: String) async throws -> Trial {
        let sysctls = ["net.ipv4.tcp_timestamps": "0", "net.ipv4.tcp_rfc1337": setting]
        return try await HeldPair.play(laboratory, over: family, sysctls: sysctls) { pair in
            try pair.server.close()
            try await pair.reached(.closeWait, at: .client)
            try pair.client.close()
            try await pair.reached(.timeWait, at: .server)
            try await pair.reached(.closed, at: .client)
            pair.world.wire.obey([MovedNumbers(by: 1 << 30)])
            let (answer, socket) = try await pair.dialAgain()
            let recording = pair.recording("rfc1337-\(setting)-\(family.name)-\(answer.rawValue)")
            try socket.close()
            return Trial(answer: answer, recording: recording)
        }
    }

    /// Makes the client's sequence numbers smaller for the server, and its acknowledgements of them larger for the client.
    private struct MovedNumbers: Rule {
        let distance: UInt32

        init(by distance: UInt32) {
            self.distance = distance
        }

        mutating func consider(_ captured: CapturedSegment) -> Decision? {
            guard captured.origin == .host else { return nil }
            let segment = captured.segment
            return captured.from == .client
                ? .replace(segment.moved(to: segment.sequence &- distance, acknowledgement: segment.acknowledgement))
                : .replace(segment.moved(to: segment.sequence, acknowledgement: segment.acknowledgement &+ distance))
        }
    }
}
