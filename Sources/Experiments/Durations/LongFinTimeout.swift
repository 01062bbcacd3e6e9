import Bench
import Claims
import Recordings
import Scenes
import TCPSockets
import Text

/// tcp_fin_timeout above the time of TIME-WAIT.
struct LongFinTimeout: Experiment {
    let id = "long-fin-timeout"
    let claims = ["F21"]
    let claimed = "A tcp_fin_timeout above 60 lasts as long as it says."
    let done = "With tcp_fin_timeout = 61, the client closes, and the server does not."
    let lookFor = "The first timer of the orphan in FIN-WAIT-2, and when the orphan is gone."

    private struct Trial: Sendable {
        /// What the kernel's first timer said: seconds.
        let timer: Double
        /// From the ACK of the FIN to the end, where that was waited for: seconds.
        let lasted: Double?
        let recording: Recording

        var words: String {
            "its first timer had \(timer.fixed(0)) s"
                + (lasted.map { ", and it was gone \($0.fixed(1)) s after the ACK of its FIN" } ?? "")
        }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let trials = try await overBothFamilies { try await wait(laboratory, $0) }
        let setting = laboratory.breaksPremise ? 60.0 : 61
        let finding = Finding(
            "F21", holds: trials.allSatisfy { ($0.lasted ?? $0.timer) >= setting - 1 },
            because: "The orphan in FIN-WAIT-2, with tcp_fin_timeout = \(Int(setting)): "
                + "\(overBoth(trials.map(\.words))). The kernel counts what exceeds 60 s twice, and nothing else (net/ipv4/tcp.c, __tcp_close; net/ipv4/tcp_timer.c, "
                + "tcp_keepalive_timer).",
            evidence: [id])
        return ExperimentResult(id, [finding], recordings: trials.map(\.recording))
    }

    private func wait(_ laboratory: Laboratory, _ family: IPAddress.Family) async throws -> Trial {
        // Broken on purpose: a time that is not above that of TIME-WAIT.
        let sysctls = ["net.ipv4.tcp_fin_timeout": laboratory.breaksPremise ? "60" : "61"]
        return try await HeldPair.play(laboratory, over: family, sysctls: sysctls) { pair in
            try pair.client.close()
            let sample = try await pair.world.sample("FIN-WAIT-2", of: pair.connection) {
                $0.states.state(.client) == .finWait2 && $0.states.client?.timer != nil ? $0 : nil
            }
            let segments = pair.world.wire.recording.read { $0.segments(of: pair.connection) }
            guard let timer = sample.lifetime(of: .client, in: segments),
                let start = segments.last(where: { $0.from == .server })?.arrival
            else { throw LaboratoryError("FIN-WAIT-2 has no timer") }
            var lasted: Double?
            if timer < 5 {
                let gone = try await pair.world.sample("the end of FIN-WAIT-2", of: pair.connection) {
                    $0.states.state(.client) == .finWait2 ? nil : $0
                }
                lasted = gone.time - start
            }
            return Trial(timer: timer, lasted: lasted, recording: pair.recording("orphan-\(family.name)"))
        }
    }
}
