import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// What a RST does to a TIME-WAIT (RFC 1337), with both settings of the kernel that bear on it.
struct TimeWaitAndReset: Experiment {
    let id = "time-wait-and-reset"
    let claims = ["A6"]
    let claimed = """
        Only a timeout leads out of TIME-WAIT, except that a RST ends it too and that a SYN may be accepted to open a new \
        connection.
        """
    let done = """
        The client closes first and holds TIME-WAIT. Then a RST with the next sequence number is injected in the \
        server's name. In other runs it is an old duplicate of the server's answer: TIME-WAIT answers it with an ACK, and the \
        server's host, which has no connection, answers that with a RST. In the last run the server holds TIME-WAIT \
        and the same client connects again.
        """
    let lookFor = "The client's TIME-WAIT right after the RST; the server's when the SYN comes."

    private enum Trigger: String, CaseIterable {
        case injectedReset = "reset"
        case oldDuplicate = "old-duplicate"

        var words: String {
            switch self {
            case .injectedReset: "an injected RST"
            case .oldDuplicate: "a RST provoked by an old duplicate"
            }
        }
    }

    private struct Trial {
        /// Of net.ipv4.tcp_rfc1337.
        let setting: String
        let trigger: Trigger
        let ended: Bool
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        var trials: [Trial] = []
        var recordings: [Recording] = []
        for setting in ["0", "1"] {
            for trigger in Trigger.allCases {
                let (ended, recording) = try await assassinate(laboratory, setting, trigger)
                recordings.append(recording)
                trials.append(Trial(setting: setting, trigger: trigger, ended: ended))
            }
        }
        let (reopened, recording) = try await redial(laboratory)
        recordings.append(recording)
        let redialled = Finding(
            "A6", holds: reopened, under: .ordinary("when a SYN for a new connection comes"),
            because: "A SYN of the same client \(reopened ? "ended" : "did not end") the server's TIME-WAIT and "
                + "\(reopened ? "opened" : "did not open") a new connection (RFC 9293 section 3.6.1).",
            evidence: [id])
        return ExperimentResult(id, findings(trials) + [redialled], recordings: recordings)
    }

    /// One sentence for all that came out the same with one setting.
    private func findings(_ trials: [Trial]) -> [Finding] {
        trials.map { trial in
            let alike = trials.filter { $0.setting == trial.setting && $0.ended == trial.ended }
            let words = "with tcp_rfc1337 = \(trial.setting), for \(trial.trigger.words)"
            return Finding(
                "A6", holds: trial.ended, under: trial.setting == "0" ? .ordinary(words) : .others(words),
                because: "With tcp_rfc1337 = \(trial.setting), TIME-WAIT was \(trial.ended ? "" : "not ")ended by "
                    + "\(alike.map(\.trigger.words).joined(separator: trial.ended ? " and by " : " nor by ")) "
                    + "(RFC 1337; net/ipv4/tcp_minisocks.c, tcp_timewait_state_process).",
                evidence: [id])
        }
    }

    private func assassinate(
        _ laboratory: Laboratory, _ setting: String, _ trigger: Trigger
    ) async throws -> (Bool, Recording) {
        try await Scene.play(laboratory, sysctls: ["net.ipv4.tcp_rfc1337": setting]) { scene in
            let conversation = try await scene.converse(fixedPort)
            guard conversation.aftermath.state(.client) == .timeWait,
                let fin = conversation.segments.last(from: .server, .fin)?.segment,
                let answer = conversation.segments.first(where: { $0.from == .server && !$0.segment.payload.isEmpty })
            else { throw LaboratoryError("the client holds no TIME-WAIT to begin with") }
            let mark = scene.mark
            if !laboratory.breaksPremise {
                switch trigger {
                case .injectedReset:
                    let ends = (fin.source, fin.destination)
                    let reset = Segment(from: ends.0, to: ends.1, sequence: fin.end, flags: .rst)
                    try scene.world.wire.inject(reset, from: .server)
                case .oldDuplicate:
                    try scene.world.wire.inject(answer.segment, from: .server)
                    _ = try await scene.seen("the server's host to answer with a RST") { recording in
                        recording.segments.dropFirst(mark).first {
                            $0.from == .server && $0.segment.flags.contains(.rst) && $0.arrival != nil
                        }
                    }
                }
            }
            let after = try scene.world.wire.look(at: conversation.connection)
            return (after.client == nil, scene.recording("\(trigger.rawValue)-rfc1337-\(setting)"))
        }
    }

    private func redial(_ laboratory: Laboratory) async throws -> (Bool, Recording) {
        try await Scene.play(laboratory) { scene in
            let conversation = try await scene.converse(fixedPort + ["--close", "passive"], rules: [])
            guard conversation.aftermath.state(.server) == .timeWait else {
                throw LaboratoryError("the server holds no TIME-WAIT to begin with")
            }
            let mark = scene.mark
            if !laboratory.breaksPremise { _ = try await scene.dial(fixedPort) }
            let reopened = scene.segments(of: conversation.connection, from: mark).contains { captured in
                captured.segment.flags == .syn
                    && captured.deliveries.contains {
                        $0.before.state(.server) == .timeWait && $0.after.state(.server) != .timeWait
                    }
            }
            return (reopened, scene.recording("redial"))
        }
    }
}
