import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets
import Text

/// RFC 1122's two conditions on a SYN that is accepted in TIME-WAIT, and what may still be on its way then.
struct ReopenedTimeWait: Experiment {
    let id = "reopened-time-wait"
    let claims = ["A18", "A19", "A20", "A22"]
    let claimed = """
        A host that accepts a SYN in TIME-WAIT starts the new connection above the largest sequence number of the old one (A18), \
        and returns to TIME-WAIT if the SYN turns out to be an old duplicate (A19): RFC 1122 section 4.2.2.13. Once a \
        connection is established, all old duplicates have expired (A20). When an old segment and new data overlap, which of them \
        survives is up to the implementation (A22): here there is only one.
        """
    let done = """
        The server closes first. The same client connects again from its port (A18), and in that connection a copy of the first \
        one's question is delivered (A20). Or a newer SYN is forged in the client's name; the client's host answers the server's \
        SYN and ACK with a RST (A19).
        """
    let lookFor = """
        The sequence number of the server's second SYN; what its host keeps after the RST; whether it answers the old question.
        """

    private struct Reopening: Sendable {
        /// What the server's host kept when the client dialled again.
        let before: TCPState
        /// From behind the old connection's last sequence number to the new one's first.
        let distance: Int
        let recording: Recording
    }

    private struct Return: Sendable {
        let answer: Segment.Flags
        let after: TCPState
        let recording: Recording
    }

    private struct Duplicate: Sendable {
        /// Between the end of the old connection and the arrival of its question in the new one: seconds.
        let age: Double
        let isAnswered: Bool
        /// Segments that PAWS refused.
        let refused: Int
        let recording: Recording
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let reopenings = try await overBothFamilies { try await reopen(laboratory, $0) }
        let returns = try await overBothFamilies { try await forge(laboratory, $0) }
        let with = try await overBothFamilies { try await duplicate(laboratory, $0, timestamps: true) }
        let without = try await overBothFamilies { try await duplicate(laboratory, $0, timestamps: false) }
        return ExperimentResult(
            id,
            [
                larger(reopenings), returned(returns), expired(with, .ordinary("with TCP timestamps")),
                expired(without, .others("without TCP timestamps")),
            ],
            untestable: [
                Untestable(
                    "A22", because: "Both hosts run this kernel's TCP: there is no other one to compare it with.",
                    evidence: [id])
            ],
            recordings: reopenings.map(\.recording) + returns.map(\.recording) + (with + without).map(\.recording))
    }

    private func larger(_ trials: [Reopening]) -> Finding {
        let words = trials.map {
            "the SYN found the server's host in \($0.before), and its answer began \($0.distance.grouped) above the old "
                + "connection's last sequence number"
        }
        return Finding(
            "A18", holds: trials.allSatisfy { $0.before == .timeWait && $0.distance > 0 },
            because: "When the client connected again, \(overBoth(words)) (RFC 1122 section 4.2.2.13; "
                + "net/ipv4/tcp_minisocks.c, tcp_timewait_state_process).",
            evidence: [id])
    }

    private func returned(_ trials: [Return]) -> Finding {
        let words = trials.map {
            "TIME-WAIT answered the forged SYN with \($0.answer.names(joinedBy: " and ")), the client's host sent a RST, and "
                + "the server's host then kept \($0.after == .listen ? "only its listener" : "\($0.after)")"
        }
        return Finding(
            "A19", holds: trials.allSatisfy { $0.after == .timeWait },
            because: "\(overBoth(words).asSentence) (RFC 1122 section 4.2.2.13; net/ipv4/tcp_ipv4.c, tcp_v4_rcv).",
            evidence: [id])
    }

    private func expired(_ trials: [Duplicate], _ circumstances: Circumstances) -> Finding {
        let words = trials.map {
            "less than \(Int($0.age) + 1) s after the old connection, its question arrived in the new one, and the server's host "
                + ($0.isAnswered ? "answered it; PAWS refused \($0.refused)" : "did not answer it")
        }
        return Finding(
            "A20", holds: trials.allSatisfy { !$0.isAnswered }, under: circumstances,
            because: "\((circumstances.words ?? "").asSentence), \(overBoth(words)) (RFC 6191 section 2; RFC 7323 "
                + "section 5).",
            evidence: [id])
    }

    private func reopen(_ laboratory: Laboratory, _ family: IPAddress.Family) async throws -> Reopening {
        try await Scene.play(laboratory, over: family) { scene in
            // Broken on purpose: there is no TIME-WAIT that would accept the SYN.
            let old = try await scene.converse(
                fixedPort + ["--close", laboratory.breaksPremise ? "reset" : "passive"],
                rules: laboratory.breaksPremise ? Scene.clientFirst : [])
            guard let last = old.segments.last(where: { $0.from == .server && $0.segment.length > 0 }) else {
                throw LaboratoryError("the server sent nothing")
            }
            let before = try scene.world.wire.look(at: old.connection).state(.server)
            let mark = scene.mark
            _ = try await scene.dial(fixedPort + ["--close", "passive"])
            guard
                let opening = scene.segments(of: old.connection, from: mark).first(from: .server, [.syn, .ack])?.segment
            else { throw LaboratoryError("the client did not connect again") }
            return Reopening(
                before: before, distance: Int(opening.sequence.distance(after: last.segment.end)),
                recording: scene.recording("reopened-\(family.name)"))
        }
    }

    private func forge(_ laboratory: Laboratory, _ family: IPAddress.Family) async throws -> Return {
        try await Scene.play(laboratory, over: family) { scene in
            let old = try await scene.converse(fixedPort + ["--close", "passive"], rules: [])
            guard old.aftermath.state(.server) == .timeWait,
                let last = old.segments.last(from: .client, .ack)?.segment,
                case .timestamps(let value, _)? = last.timestamps
            else { throw LaboratoryError("the server holds no TIME-WAIT with timestamps") }
            // Broken on purpose: the SYN is an older one, which TIME-WAIT refuses, and no RST gets through.
            let step: UInt32 = laboratory.breaksPremise ? 0 &- 100_000 : 100_000
            if laboratory.breaksPremise {
                scene.world.wire.obey([MatchRule(from: .client, .drop) { $0.flags.contains(.rst) }])
            }
            let syn = Segment(
                from: old.connection.client, to: old.connection.server, sequence: last.end &+ step, flags: .syn,
                window: 64_240, options: [.timestamps(value: value &+ step, echo: 0)])
            let mark = scene.mark
            try scene.world.wire.inject(syn, from: .client)
            let answer = try await scene.seen("the RST of the client's host") { recording -> Segment.Flags? in
                let segments = recording.segments(of: old.connection, from: mark)
                let isOver = segments.contains {
                    $0.from == .client && $0.segment.flags.contains(.rst)
                        && ($0.arrival != nil || $0.fate == .dropped)
                }
                return isOver ? segments.first { $0.from == .server }?.segment.flags : nil
            }
            let after = try scene.world.wire.look(at: old.connection).state(.server)
            return Return(answer: answer, after: after, recording: scene.recording("forged-\(family.name)"))
        }
    }

    private func duplicate(
        _ laboratory: Laboratory, _ family: IPAddress.Family, timestamps: Bool
    ) async throws -> Duplicate {
        let sysctls = ["net.ipv4.tcp_timestamps": timestamps ? "1" : "0"]
        return try await Scene.play(laboratory, over: family, sysctls: sysctls) { scene in
            let old = try await scene.converse(fixedPort + ["--close", "passive"], rules: [])
            guard let question = old.segments.first(where: { $0.from == .client && !$0.segment.payload.isEmpty }),
                let end = old.segments.last?.time
            else { throw LaboratoryError("the first connection has carried no question") }
            let counters = scene.world.server.counters
            let before = try counters.read()
            let seen = ConditionVariable<(age: Double, isAnswered: Bool)?>(nil)
            _ = try await scene.dial(fixedPort + ["--close", "passive"]) { _ in
                let mark = scene.mark
                if !laboratory.breaksPremise { try scene.world.wire.inject(question.segment, from: .client) }
                let isAnswered = try await scene.isAnswered(old.connection, from: mark)
                seen.change { $0 = (monotonicSeconds() - end, isAnswered) }
            }
            guard let seen = seen.state else { throw LaboratoryError("the client did not connect again") }
            return Duplicate(
                age: seen.age, isAnswered: seen.isAnswered,
                refused: try counters.read().growth(since: before)["TcpExt:PAWSEstab", default: 0],
                recording: scene.recording("duplicate-\(timestamps ? "with" : "without")-timestamps-\(family.name)"))
        }
    }
}

extension Scene {
    /// Whether the server's host says something on a connection where nothing else is going on.
    fileprivate func isAnswered(_ connection: FourTuple, from mark: Int) async throws -> Bool {
        do {
            try await seen("an answer to the old question", within: Pace.current.scaled(.seconds(1))) { recording in
                recording.segments(of: connection, from: mark).first { $0.from == .server }
            }
            return true
        } catch is NotSeen {
            return false
        }
    }
}
