import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// Which SYN a TIME-WAIT makes way for.
struct SYNInTimeWait: Experiment {
    let id = "syn-in-time-wait"
    let claims = ["A8"]
    let claimed = """
        The server in TIME-WAIT accepts the same client's SYN (RFC 1122 section 4.2.2.13, RFC 6191).
        """
    let done = """
        The server closes first. SYNs for the same connection are injected in the client's name: with sequence numbers \
        above and below the old connection's last one, without timestamps, and with timestamps later and earlier than the last \
        one.
        """
    let lookFor = "Whether the server's host answers with SYN and ACK (a new connection) or with an ACK (the old one)."

    private struct Variant {
        let name: String
        let sequenceIsNewer: Bool
        /// nil for none.
        let timestampIsNewer: Bool?

        var words: String {
            let sequence = "\(sequenceIsNewer ? "a newer" : "an older") sequence number"
            let timestamp = timestampIsNewer.map { "\($0 ? "a newer" : "an older") timestamp" } ?? "no timestamps"
            return "for a SYN with \(sequence) and \(timestamp)"
        }
    }

    private let variants = [
        Variant(name: "newer-sequence", sequenceIsNewer: true, timestampIsNewer: nil),
        Variant(name: "older-sequence", sequenceIsNewer: false, timestampIsNewer: nil),
        Variant(name: "older-sequence-newer-timestamp", sequenceIsNewer: false, timestampIsNewer: true),
        Variant(name: "newer-sequence-older-timestamp", sequenceIsNewer: true, timestampIsNewer: false),
    ]

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        var trials: [(variant: Variant, answer: Segment.Flags)] = []
        var recordings: [Recording] = []
        for variant in variants {
            let (answer, recording) = try await knock(laboratory, variant)
            trials.append((variant, answer))
            recordings.append(recording)
        }
        return ExperimentResult(id, findings(trials), recordings: recordings)
    }

    /// One sentence for all that got the same answer.
    private func findings(_ trials: [(variant: Variant, answer: Segment.Flags)]) -> [Finding] {
        trials.map { trial in
            let alike = trials.filter { $0.answer == trial.answer }.map(\.variant.words)
            return Finding(
                "A8", holds: trial.answer.isSuperset(of: [.syn, .ack]), under: .others(trial.variant.words),
                because: "TIME-WAIT answered with \(trial.answer.names(joinedBy: " and ")) "
                    + "\(alike.joined(separator: " and ")) (RFC 9293 section 3.6.1; RFC 6191 section 2; "
                    + "net/ipv4/tcp_minisocks.c, tcp_timewait_state_process).",
                evidence: [id])
        }
    }

    private func knock(_ laboratory: Laboratory, _ variant: Variant) async throws -> (Segment.Flags, Recording) {
        let sysctls = ["net.ipv4.tcp_timestamps": variant.timestampIsNewer == nil ? "0" : "1"]
        return try await Scene.play(laboratory, sysctls: sysctls) { scene in
            let conversation = try await scene.converse(fixedPort + ["--close", "passive"], rules: [])
            guard conversation.aftermath.state(.server) == .timeWait,
                let last = conversation.segments.last(from: .client, .ack)?.segment
            else { throw LaboratoryError("the server holds no TIME-WAIT to begin with") }
            // Broken on purpose: what is to be newer is older, and the other way round.
            let isNewer = variant.sequenceIsNewer != laboratory.breaksPremise
            var options: [SegmentOption] = []
            if let newer = variant.timestampIsNewer, case .timestamps(let value, _)? = last.timestamps {
                let step: UInt32 = 1000
                options = [
                    .timestamps(value: newer != laboratory.breaksPremise ? value &+ step : value &- step, echo: 0)
                ]
            }
            let sequence = isNewer ? last.end &+ 100_000 : last.end &- 100_000
            let syn = Segment(
                from: conversation.connection.client, to: conversation.connection.server, sequence: sequence,
                flags: .syn, window: 64_240, options: options)
            // The client's host knows of no such SYN; its RST would clear the new connection away again.
            scene.world.wire.obey([MatchRule(from: .client, .drop) { $0.flags.contains(.rst) }])
            let mark = scene.mark
            try scene.world.wire.inject(syn, from: .client)
            let answer = try await scene.seen("an answer to the SYN") { recording in
                recording.segments(of: conversation.connection, from: mark).first { $0.from == .server }
            }
            return (answer.segment.flags, scene.recording(variant.name))
        }
    }
}

extension Segment {
    var timestamps: SegmentOption? {
        options.first { if case .timestamps = $0 { true } else { false } }
    }
}
