import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// A side in LAST-ACK whose peer has forgotten the connection.
struct LastAckReset: Experiment {
    let id = "last-ack-reset"
    let claims = ["F16", "F17"]
    let claimed = """
        A peer that still holds its socket in LAST-ACK learns of a RST that answers its last FIN (F16). A new SYN that meets \
        LAST-ACK fails (F17).
        """
    let done = """
        The client closes, and its host keeps nothing (net.ipv4.tcp_max_tw_buckets = 0). The server then ends its half \
        by shutdown() or by close(), and a RST answers its FIN. Or that FIN is lost, and the client connects again from the same port.
        """
    let lookFor = "What the server's socket reports after the RST; how its host answers the first and the second SYN."

    private struct Ending: Sendable {
        let told: String?
        let recording: Recording
    }

    private static let forgetful = ["net.ipv4.tcp_max_tw_buckets": "0"]

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let held = try await overBothFamilies { try await end(laboratory, $0, closes: false) }
        let closed = try await overBothFamilies { try await end(laboratory, $0, closes: true) }
        let dialled = try await overBothFamilies { try await dial(laboratory, $0) }
        return ExperimentResult(
            id,
            [
                learns(held, .ordinary("after shutdown()"), "shutdown(SHUT_WR)"),
                learns(closed, .others("where it has called close()"), "close()"), meets(dialled.map(\.answers)),
            ],
            recordings: (held + closed).map(\.recording) + dialled.map(\.recording))
    }

    private func learns(_ endings: [Ending], _ circumstances: Circumstances, _ call: String) -> Finding {
        let words = endings.map { "the RST that answered its FIN gave the program \($0.told ?? "no error")" }
        return Finding(
            "F16", holds: endings.allSatisfy { $0.told != nil }, under: circumstances,
            because: "After the server's \(call), \(overBoth(words)) (RFC 9293 section 3.10.7.4; net/ipv4/tcp_input.c, "
                + "tcp_reset).",
            evidence: [id])
    }

    private func meets(_ answers: [[Segment.Flags]]) -> Finding {
        let words = answers.map { flags in
            let names = flags.map { $0.names(joinedBy: " and ") }
            return "LAST-ACK answered the first SYN with \(names[0]); the second SYN got \(names[1])"
        }
        return Finding(
            "F17", holds: answers.allSatisfy { $0.last?.isSuperset(of: [.syn, .ack]) != true },
            because: "The client's host sent a RST between them: \(overBoth(words)) (RFC 5961 section 4; RFC 9293 "
                + "section 3.10.7.3).",
            evidence: [id])
    }

    private func end(_ laboratory: Laboratory, _ family: IPAddress.Family, closes: Bool) async throws -> Ending {
        try await HeldPair.play(laboratory, over: family, sysctls: Self.forgetful) { pair in
            try pair.client.close()
            try await pair.reached(.closeWait, at: .server)
            try await pair.reached(.closed, at: .client)
            // Broken on purpose: the RST is lost.
            if laboratory.breaksPremise {
                pair.world.wire.obey([MatchRule(from: .client, .drop) { $0.flags.contains(.rst) }])
            }
            var told: String?
            do {
                if closes { try pair.server.close() } else { _ = try pair.server.use { try $0.shutdownSending() } }
            } catch let error as SocketError {
                told = error.errno.name
            }
            try await pair.seen("the RST of the client's host") {
                $0.from == .client && $0.segment.flags.contains(.rst)
            }
            if !closes { told = try pair.server.use { try $0.pendingError()?.name } ?? nil }
            let name = "\(closes ? "close" : "shutdown")-\(family.name)"
            return Ending(told: told, recording: pair.recording(name))
        }
    }

    private func dial(
        _ laboratory: Laboratory, _ family: IPAddress.Family
    ) async throws -> (answers: [Segment.Flags], recording: Recording) {
        try await HeldPair.play(laboratory, over: family, sysctls: Self.forgetful) { pair in
            try pair.client.close()
            try await pair.reached(.closeWait, at: .server)
            try await pair.reached(.closed, at: .client)
            // Broken on purpose: no RST gets through, and LAST-ACK stays.
            let isBroken = laboratory.breaksPremise
            pair.world.wire.obey([
                MatchRule(from: .server, .drop) { $0.flags.contains(.fin) },
                MatchRule(from: .client, .drop) { isBroken && $0.flags.contains(.rst) },
            ])
            try pair.server.close()
            try await pair.reached(.lastAck, at: .server)
            let mark = pair.mark
            let (second, socket) = try await pair.dialAgain()
            let first = try await pair.seen("the answer of LAST-ACK", from: mark) {
                $0.from == .server && !$0.segment.flags.contains(.fin)
            }
            let recording = pair.recording("new-syn-\(family.name)")
            try socket.close()
            return ([first.segment.flags, second], recording)
        }
    }
}
