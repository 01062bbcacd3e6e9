import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// What ends CLOSE-WAIT besides the program that holds it.
struct CloseWaitEnds: Experiment {
    let id = "close-wait-ends"
    let claims = ["F24"]
    let claimed = "Only a program's close() ends CLOSE-WAIT."
    let done = """
        The client shuts down its half, and the server does not close. Then the client closes with a RST; or the client's host falls \
        silent, and the server's socket has SO_KEEPALIVE (two probes, a second apart).
        """
    let lookFor = "What the server's host keeps, and what its socket reports."

    private struct Trial: Sendable {
        let entry: SocketEntry?
        let told: Errno?
        let recording: Recording

        var words: String {
            guard let entry else {
                return "the server's host kept nothing, and its socket reported \(told?.name ?? "no error")"
            }
            return "the server's host kept \(entry.state), with \(entry.timer == nil ? "no timer" : "a timer")"
        }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let reset = try await overBothFamilies { try await endByReset(laboratory, $0) }
        let silent = try await overBothFamilies { try await fallSilent(laboratory, $0) }
        return ExperimentResult(
            id,
            [
                finding(reset, .ordinary("for a RST"), "After the peer's RST"),
                finding(
                    silent, .others("with SO_KEEPALIVE and a peer that is gone"), "With SO_KEEPALIVE and a silent peer"),
            ],
            recordings: (reset + silent).map(\.recording))
    }

    private func finding(_ trials: [Trial], _ circumstances: Circumstances, _ when: String) -> Finding {
        Finding(
            "F24", holds: trials.allSatisfy { $0.entry?.state == .closeWait }, under: circumstances,
            because: "\(when), \(overBoth(trials.map(\.words))) (RFC 9293 section 3.10.7.4; "
                + "net/ipv4/tcp_input.c, tcp_reset; net/ipv4/tcp_timer.c, tcp_keepalive_timer).",
            evidence: [id])
    }

    private func endByReset(_ laboratory: Laboratory, _ family: IPAddress.Family) async throws -> Trial {
        try await HeldPair.play(laboratory, over: family) { pair in
            _ = try pair.client.use { try $0.shutdownSending() }
            try await pair.reached(.closeWait, at: .server)
            // Broken on purpose: the client closes in order.
            if !laboratory.breaksPremise {
                _ = try pair.client.use { try $0.setLinger(seconds: 0) }
                try pair.client.close()
                try await pair.seen("the RST") { $0.from == .client && $0.segment.flags.contains(.rst) }
            } else {
                try pair.client.close()
            }
            return try await look(pair, "reset-\(family.name)")
        }
    }

    private func fallSilent(_ laboratory: Laboratory, _ family: IPAddress.Family) async throws -> Trial {
        try await HeldPair.play(laboratory, over: family) { pair in
            // Broken on purpose: without the option.
            if !laboratory.breaksPremise { try pair.server.keepAlive() }
            try pair.client.close()
            try await pair.reached(.closeWait, at: .server)
            pair.world.wire.obey([MatchRule(from: .client, .drop) { _ in true }])
            return try await look(pair, "keepalive-\(family.name)")
        }
    }

    /// Waits for the end of CLOSE-WAIT where a timer runs that may bring it.
    private func look(_ pair: HeldPair, _ name: String) async throws -> Trial {
        if try pair.entry(.server)?.timer != nil {
            try await pair.world.states("the end of CLOSE-WAIT", of: pair.connection) { states in
                states.state(.server) == .closeWait ? nil : ()
            }
        }
        let told = try pair.server.use { try $0.pendingError() } ?? nil
        return Trial(entry: try pair.entry(.server), told: told, recording: pair.recording(name))
    }
}
