import Bench
import Claims
import Recordings
import Scenes
import TCPSockets
import Text

/// What tcp_fin_timeout is about.
struct FinTimeout: Experiment {
    let id = "fin-timeout"
    let claims = ["F9", "A5", "C6", "D2"]
    let claimed = "tcp_fin_timeout governs orphaned FIN-WAIT-2, not TIME-WAIT."
    let done = """
        With tcp_fin_timeout = 2 and with its default, the client closes first: against a server that never closes, which \
        leaves the client as an orphan in FIN-WAIT-2, and against one that does, which leaves it in TIME-WAIT.
        """
    let lookFor = "The timers of both states; whether FIN-WAIT-2 is gone when its time is over."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        var seconds: [String: Double] = [:]
        var recordings: [Recording] = []
        var isGone: Bool?
        for setting in ["2", "60"] {
            let value = laboratory.breaksPremise ? "60" : setting
            let (orphan, gone, first) = try await timer(laboratory, value, .finWait2, awaitsEnd: setting == "2")
            let (timeWait, _, second) = try await timer(laboratory, value, .timeWait, awaitsEnd: false)
            seconds["orphan-\(setting)"] = orphan
            seconds["time-wait-\(setting)"] = timeWait
            recordings += [first, second]
            if setting == "2" { isGone = gone }
        }
        let (short, long) = (seconds["orphan-2", default: 0], seconds["orphan-60", default: 0])
        let (first, second) = (seconds["time-wait-2", default: 0], seconds["time-wait-60", default: 0])
        let because =
            "With tcp_fin_timeout = 2 the kernel's timer gave the orphan in FIN-WAIT-2 \(short.fixed(1)) s, "
            + "\(isGone == true ? "and then it was gone" : "and it was not seen to end"); by default \(long.fixed(1)) s. TIME-WAIT got "
            + "\(first.fixed(1)) s and \(second.fixed(1)) s (tcp(7); TCP_TIMEWAIT_LEN in include/net/tcp.h)."
        let holds = short < 4 && isGone == true && long > 50 && first > 50 && second > 50
        return ExperimentResult(
            id, [Finding("F9", holds: holds, because: because, evidence: [id])] + (isGone == true ? orphan : []),
            recordings: recordings)
    }

    /// The first to close, whose peer never does: it is gone in the end, and was never in TIME-WAIT.
    private var orphan: [Finding] {
        ["A5", "C6", "D2"].map { claim in
            Finding(
                claim, holds: false,
                under: .others("where the first to close waits in FIN-WAIT-2 for a FIN that does not come"),
                because: "An orphan in FIN-WAIT-2 went to CLOSED when its time was over, without TIME-WAIT (tcp(7), "
                    + "tcp_fin_timeout).",
                evidence: [id])
        }
    }

    /// - Returns: The seconds that a state lasts by the kernel's timer, counted from the segment that led to it, and whether it
    ///   was seen to go; nil where that was not waited for.
    private func timer(
        _ laboratory: Laboratory, _ setting: String, _ state: TCPState, awaitsEnd: Bool
    ) async throws -> (Double, isGone: Bool?, Recording) {
        let order = state == .finWait2 ? "never" : "last"
        let sysctls = ["net.ipv4.tcp_fin_timeout": setting]
        return try await Scene.play(laboratory, sysctls: sysctls, server: ["--close", order]) { scene in
            let connection = FourTuple(
                client: Endpoint(scene.world.client.address(laboratory.family), port: 50_001),
                server: scene.server.endpoint)
            // Looked for while the client still runs: on a slow machine the state may be over when that has ended.
            async let looked = scene.world.sample(
                "\(state) at the client", of: connection, within: Pace.current.patience * 3
            ) { $0.states.state(.client) == state && $0.states.client?.timer != nil ? $0 : nil }
            let client = try await scene.dial(fixedPort)
            guard client.localEnd != nil else {
                throw LaboratoryError("chat-client had no connection: \(client.account)")
            }
            let sample = try await looked
            guard let seconds = sample.lifetime(of: .client, in: scene.segments(of: connection)) else {
                throw LaboratoryError("\(state) has no timer")
            }
            var isGone: Bool?
            if awaitsEnd, seconds < 5 {
                do {
                    try await scene.world.states("the end of \(state)", of: connection) { states in
                        states.state(.client) == state ? nil : ()
                    }
                    isGone = true
                } catch is NotSeen {
                    isGone = false
                }
            }
            return (seconds, isGone, scene.recording("\(state)-\(setting)"))
        }
    }
}
