import Bench
import Claims
import Recordings
import Scenes
import TCPSockets

/// Where passive closing puts TIME-WAIT, and what happens when there is no more room for it.
struct PassiveClosingCost: Experiment {
    let id = "passive-closing-cost"
    let claims = ["F20", "B13"]
    let claimed = """
        Passive closing moves TIME-WAIT to the server, where it sets no limit (F20), and has no drawback but a few more lines in \
        the client (B13).
        """
    let done = """
        Five clients close passively, one after the other: with the default settings, and on a server's host with \
        tcp_max_tw_buckets = 2.
        """
    let lookFor = "How many sockets in TIME-WAIT the server's host keeps; its counter TCPTimeWaitOverflow."

    private static let clients = 5

    private struct Trial: Sendable {
        let kept: Int
        let overflows: Int
        let recording: Recording

        var words: String {
            "after \(PassiveClosingCost.clients) conversations the server's host kept \(kept) sockets in TIME-WAIT, and counted "
                + "\(overflows) above the limit"
        }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        // Broken on purpose: the clients close first, and there is room.
        let setting = laboratory.breaksPremise ? [:] : ["net.ipv4.tcp_max_tw_buckets": "2"]
        let close = laboratory.breaksPremise ? "active" : "passive"
        let plain = try await overBothFamilies { try await converse(laboratory, $0, close, [:], "default") }
        let full = try await overBothFamilies { try await converse(laboratory, $0, "passive", setting, "full") }
        return ExperimentResult(
            id,
            [
                Finding(
                    "B13", holds: plain.allSatisfy { $0.kept == 0 },
                    because: "By default, \(overBoth(plain.map(\.words))) (RFC 9293 section 3.6).", evidence: [id]),
                Finding(
                    "F20", holds: full.allSatisfy { $0.kept == Self.clients },
                    because: "With tcp_max_tw_buckets = 2, \(overBoth(full.map(\.words))) (tcp(7); "
                        + "net/ipv4/inet_timewait_sock.c, inet_twsk_alloc).",
                    evidence: [id]),
            ],
            recordings: (plain + full).map(\.recording))
    }

    private func converse(
        _ laboratory: Laboratory, _ family: IPAddress.Family, _ close: String, _ sysctls: [String: String],
        _ name: String
    ) async throws -> Trial {
        try await Scene.play(laboratory, over: family, sysctls: sysctls) { scene in
            let counters = scene.world.server.counters
            let before = try counters.read()
            for _ in 0..<Self.clients {
                _ = try await scene.converse(["--close", close], rules: close == "passive" ? [] : Scene.clientFirst)
            }
            let entries = try scene.world.server.sockets.entries()
            let overflows = try counters.read().growth(since: before)["TcpExt:TCPTimeWaitOverflow", default: 0]
            return Trial(
                kept: entries.count { $0.state == .timeWait }, overflows: overflows,
                recording: scene.recording("\(name)-\(family.name)"))
        }
    }
}
