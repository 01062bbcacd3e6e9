import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// The second reason for TIME-WAIT: a segment of an old connection that comes during a new one.
struct OldDuplicate: Experiment {
    let id = "old-duplicate"
    let claims = ["A14", "C5", "F12"]
    let claimed = """
        TIME-WAIT keeps an old connection's delayed duplicates out of a new connection with the same addresses and ports (A14). A \
        server restarted with SO_REUSEADDR may receive such stray data, though hardly ever (C5). With timestamps, PAWS refuses \
        it; without them, one that falls into the window is delivered as data (F12).
        """
    let done = """
        The wire keeps a copy of the first connection's question. The connection ends by a RST, so there is no \
        TIME-WAIT; or the server has TIME-WAIT and restarts with SO_REUSEADDR. The same client connects \
        again from the same port. The copy is delivered as it is; then with the sequence number that the server expects \
        next, as chance might have it; and then with a fitting acknowledgement number as well. Each is measured \
        against what the server's host had accepted before; nothing else from the client crosses meanwhile.
        """
    let lookFor = "Whether the server reads the stray question, and answers it."

    private struct Stray: Sendable {
        /// Bytes that the server program read because of it.
        let asItWas: Int
        /// With its sequence number alone moved into the window.
        let inWindow: Int
        /// With its acknowledgement number moved as well.
        let acceptable: Int
        /// Segments that PAWS refused (RFC 7323 section 5).
        let refused: Int
        let recording: Recording
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        var findings: [Finding] = []
        var recordings: [Recording] = []
        for timestamps in [false, true] {
            let circumstance = "\(timestamps ? "with" : "without") TCP timestamps"
            let reset = try await stray(laboratory, timestamps: timestamps, restarts: false)
            let restarted = try await stray(laboratory, timestamps: timestamps, restarts: true)
            recordings += [reset.recording, restarted.recording]
            findings.append(
                Finding(
                    "A14", holds: reset.acceptable > 0,
                    under: timestamps ? .ordinary(circumstance) : .others(circumstance),
                    because: "With no TIME-WAIT and \(circumstance), \(words(reset)) \(Self.source(timestamps)).",
                    evidence: [id]))
            findings.append(
                Finding(
                    "C5", holds: restarted.acceptable > 0,
                    under: timestamps ? .ordinary(circumstance) : .others(circumstance),
                    because: "After a restart with SO_REUSEADDR, \(circumstance), \(words(restarted)) "
                        + "\(Self.source(timestamps)).",
                    evidence: [id]))
            findings += timestamps ? [refused(reset)] : delivered(reset)
        }
        return ExperimentResult(id, findings, recordings: recordings)
    }

    /// What F12 says of connections with timestamps.
    private func refused(_ stray: Stray) -> Finding {
        Finding(
            "F12", holds: stray.acceptable == 0 && stray.refused > 0, under: .ordinary("with TCP timestamps"),
            because: "With TCP timestamps, \(words(stray)) \(Self.source(true)).", evidence: [id])
    }

    /// What F12 says of those without: that the sequence number decides. The acknowledgement number does as well.
    private func delivered(_ stray: Stray) -> [Finding] {
        [
            Finding(
                "F12", holds: stray.inWindow > 0,
                under: .ordinary("without TCP timestamps, with its sequence number alone in the window"),
                because: "Without TCP timestamps, \(words(stray)) \(Self.source(false)).", evidence: [id]),
            Finding(
                "F12", holds: stray.acceptable > 0,
                under: .ordinary("without TCP timestamps, with both its numbers acceptable"),
                because: "A segment whose two numbers both fit passes for a new one (RFC 9293 section 3.10.7.4).",
                evidence: [id]),
        ]
    }

    private static func source(_ timestamps: Bool) -> String {
        timestamps
            ? "(RFC 7323 section 5; net/ipv4/tcp_input.c, tcp_validate_incoming)"
            : "(RFC 5961 section 5; net/ipv4/tcp_input.c, tcp_ack)"
    }

    private func words(_ stray: Stray) -> String {
        "the program read \(stray.asItWas) bytes of the old question as it was, \(stray.inWindow) with a sequence number "
            + "in the window, and \(stray.acceptable) with a fitting acknowledgement number as well; PAWS refused "
            + "\(stray.refused) of the three"
    }

    private func stray(_ laboratory: Laboratory, timestamps: Bool, restarts: Bool) async throws -> Stray {
        let sysctls = ["net.ipv4.tcp_timestamps": timestamps ? "1" : "0"]
        let strategy = restarts ? "passive" : "reset"
        return try await Scene.play(laboratory, sysctls: sysctls, server: ["--reuse-address"]) { scene in
            let conversation = try await scene.converse(fixedPort + ["--close", strategy], rules: [])
            guard
                let question = conversation.segments.first(where: { $0.from == .client && !$0.segment.payload.isEmpty })
            else { throw LaboratoryError("the first connection has carried no question") }
            let old = question.segment
            if !restarts {
                return try await disturb(laboratory, scene, old, scene.server, "reset-\(sysctls.values.joined())")
            }
            scene.server.program.signal(9)
            try await scene.server.program.ended()
            let result = ConditionVariable<Stray?>(nil)
            try await scene.world.withServer(laboratory.chat, laboratory.family, ["--reuse-address"]) { server in
                let stray = try await disturb(laboratory, scene, old, server, "restart-\(sysctls.values.joined())")
                result.change { $0 = stray }
            }
            guard let stray = result.state else { throw LaboratoryError("the second server saw nothing") }
            return stray
        }
    }

    /// Delivers the old segment during a new conversation, before its `exit`.
    private func disturb(
        _ laboratory: Laboratory, _ scene: Scene, _ old: Segment, _ server: ListeningServer, _ name: String
    ) async throws -> Stray {
        let connection = FourTuple(client: old.source, server: old.destination)
        let counters = scene.world.server.counters
        let before = try counters.read()
        let accepted = ConditionVariable<[Int]>([])
        let (mark, start) = (scene.mark, server.program.output.read(\.calls.count))
        _ = try await scene.dial(fixedPort) { client in
            try await scene.answerAcknowledged(on: connection, from: mark)
            guard let last = scene.segments(of: connection, from: mark).last(where: { $0.from == .client })?.segment
            else { return }
            scene.world.wire.obey([MatchRule(from: .client, .drop) { _ in true }])
            var expected = last.end
            for acknowledgement in [nil, old.acknowledgement, last.acknowledgement] {
                let moved = acknowledgement.map { old.moved(to: expected, acknowledgement: $0) } ?? old
                let bytes = try await scene.acceptedBytes(
                    of: laboratory.breaksPremise ? old : moved, on: connection, after: expected)
                expected &+= UInt32(bytes)
                accepted.change { $0.append(bytes) }
            }
            client.signal(9)
        }
        guard accepted.state.count == 3 else { throw LaboratoryError("the second conversation failed") }
        let expected = old.payload.count + accepted.state.reduce(0, +)
        let read = try await server.program.output.until("the server to read what its host accepted") { output in
            let calls = output.calls.dropFirst(start).onSocket(of: connection)
            let bytes = calls.bytes(moved: .recv)
            return bytes >= expected ? bytes : nil
        }
        guard read == expected else { throw LaboratoryError("the server read \(read) bytes of \(expected)") }
        // With stray bytes in its count, it and the dead client can no longer agree on anything.
        server.program.signal(9)
        return Stray(
            asItWas: accepted.state[0], inWindow: accepted.state[1], acceptable: accepted.state[2],
            refused: try counters.read().growth(since: before)["TcpExt:PAWSEstab", default: 0],
            recording: scene.recording(name))
    }
}

extension Scene {
    /// Waits until the client's host has acknowledged the answer. Before that the server's host has memory at hand for the
    /// socket, and some kernels then take data without a look at its acknowledgement number (docs/kernels.md).
    fileprivate func answerAcknowledged(on connection: FourTuple, from mark: Int) async throws {
        try await seen("the client's host to acknowledge the answer") { recording in
            let segments = recording.segments(of: connection, from: mark)
            let answer = segments.last { $0.from == .server && !$0.segment.payload.isEmpty }
            return segments.first {
                $0.from == .client && $0.segment.acknowledgement == answer?.segment.end && $0.arrival != nil
            }
        }
    }

    /// Delivers a stray segment in the client's name, and reads from the server's answer how much of it was accepted.
    ///
    /// - Parameter expected: The sequence number that the server's host expects. An answer with data that acknowledges no
    ///   more is one to an earlier question, sent again.
    fileprivate func acceptedBytes(
        of segment: Segment, on connection: FourTuple, after expected: UInt32
    ) async throws -> Int {
        let mark = mark
        try world.wire.inject(segment, from: .client)
        let reply = try await seen("the server's host to acknowledge the stray segment") { recording in
            recording.segments(of: connection, from: mark).first {
                $0.from == .server && ($0.segment.acknowledgement != expected || $0.segment.payload.isEmpty)
            }
        }
        let accepted = Int(reply.segment.acknowledgement &- expected)
        // The program answers what it takes for a question; only then is the next answer to the next segment.
        if accepted > 0 {
            try await seen("the server's answer to the stray question") { recording in
                recording.segments(of: connection, from: mark).first {
                    $0.from == .server && !$0.segment.payload.isEmpty
                        && $0.segment.acknowledgement == reply.segment.acknowledgement
                }
            }
        }
        return accepted
    }
}

extension Segment {
    /// The same segment as if it stood elsewhere in the stream; its timestamps, if any, are still the old ones.
    func moved(to sequence: UInt32, acknowledgement: UInt32) -> Segment {
        Segment(
            from: source, to: destination, sequence: sequence, acknowledgement: acknowledgement, flags: flags,
            window: window, options: options, payload: payload)
    }
}
