import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// A RST that does not arrive.
struct LostReset: Experiment {
    let id = "lost-reset"
    let claims = ["F19"]
    let claimed = "A RST that gets lost leaves the other side connected for ever."
    let done = """
        The client closes with a RST, which the wire drops. The server only waits: without an option, with SO_KEEPALIVE (a probe after a \
        second), with TCP_USER_TIMEOUT; or it sends something.
        """
    let lookFor = "Whether the server's host keeps the connection, and whether any timer could end it."

    private enum Wait: String, CaseIterable {
        case plain, keepalive
        case userTimeout = "user-timeout"
        case sends

        var circumstances: Circumstances {
            switch self {
            case .plain: .ordinary
            case .keepalive: .others("with SO_KEEPALIVE")
            case .userTimeout: .others("with TCP_USER_TIMEOUT alone")
            case .sends: .others("where it sends something")
            }
        }

        var words: String {
            switch self {
            case .plain: "A server that only waits"
            case .keepalive: "A server with SO_KEEPALIVE"
            case .userTimeout: "A server with TCP_USER_TIMEOUT, and nothing to send"
            case .sends: "A server that sends a byte"
            }
        }
    }

    private struct Trial: Sendable {
        let entry: SocketEntry?
        let told: Errno?
        let recording: Recording

        /// Nothing the kernel has set itself to do would end it.
        var lastsForEver: Bool { entry?.state == .established && entry?.timer == nil }

        var words: String {
            guard let entry else { return "got \(told?.name ?? "no error"), and its host keeps nothing" }
            return "stays in \(entry.state), with \(entry.timer == nil ? "no timer" : "a timer")"
        }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        var findings: [Finding] = []
        var recordings: [Recording] = []
        for wait in Wait.allCases {
            let trials = try await overBothFamilies { try await lose(laboratory, $0, wait) }
            recordings += trials.map(\.recording)
            findings.append(
                Finding(
                    "F19", holds: trials.allSatisfy(\.lastsForEver), under: wait.circumstances,
                    because: "\(wait.words), \(overBoth(trials.map(\.words))) (RFC 9293 section 3.8.4; tcp(7); "
                        + "net/ipv4/tcp_timer.c, tcp_keepalive_timer).",
                    evidence: [id]))
        }
        return ExperimentResult(id, findings, recordings: recordings)
    }

    private func lose(_ laboratory: Laboratory, _ family: IPAddress.Family, _ wait: Wait) async throws -> Trial {
        try await HeldPair.play(laboratory, over: family) { pair in
            // Broken on purpose: what leaves the connection is left out, the loss or what would end the wait.
            let isBroken = laboratory.breaksPremise
            let isLost = !isBroken || [.keepalive, .sends].contains(wait)
            if isLost { pair.world.wire.obey([MatchRule(from: .client, times: 1, .drop) { $0.flags.contains(.rst) }]) }
            if wait == .keepalive, !isBroken { try pair.server.keepAlive() }
            if wait == .userTimeout { try pair.server.setUserTimeout(milliseconds: 500) }
            _ = try pair.client.use { try $0.setLinger(seconds: 0) }
            try pair.client.close()
            try await pair.seen("the RST") { $0.from == .client && $0.segment.flags.contains(.rst) }
            if wait == .sends, !isBroken { _ = try pair.server.use { try $0.send([0x21]) } }
            var entry = try pair.entry(.server)
            if entry?.timer != nil {
                try await pair.world.states("the end of the connection", of: pair.connection) { states in
                    states.state(.server) == .established ? nil : ()
                }
                entry = try pair.entry(.server)
            }
            let told = try pair.server.use { try $0.pendingError() } ?? nil
            return Trial(entry: entry, told: told, recording: pair.recording("\(wait.rawValue)-\(family.name)"))
        }
    }
}
