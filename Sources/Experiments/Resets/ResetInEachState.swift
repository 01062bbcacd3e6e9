import Bench
import Claims
import Recordings
import Scenes
import TCPSockets

/// A RST with the right sequence number, for a socket in each of the states in turn.
struct ResetInEachState: Experiment {
    let id = "reset-in-each-state"
    let claims = ["B2"]
    let claimed = "A RST takes TCP from any state to CLOSED."
    let done = """
        A connection is brought into each of RFC 9293's states, kept there by holding the next segment, and \
        sent a RST with the sequence number that it expects next. TIME-WAIT is tried with both values of tcp_rfc1337.
        """
    let lookFor = "The state right after the RST, and the error that an open socket then reports."

    private struct Trial: Sendable {
        let situation: Situation
        /// The setting of net.ipv4.tcp_rfc1337, where it bears on the state.
        let setting: String?

        var name: String { "\(situation.state)" + (setting.map { " with tcp_rfc1337 = \($0)" } ?? "") }

        var circumstances: Circumstances {
            switch (situation.state, setting) {
            case (.listen, _): .ordinary("for a RST in LISTEN")
            case (_, "1"): .others("for a RST in \(name)")
            default: .ordinary("for a RST in each state of a connection")
            }
        }
    }

    private struct Outcome: Sendable {
        let trial: Trial
        let after: TCPState
        let told: Errno?
        let recording: Recording

        /// Whether the socket that was hit is gone. A listener that it came from stays, as it must.
        var isGone: Bool {
            after == .closed || after == .listen && trial.situation.state != .listen
        }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let trials = Situation.all.flatMap { situation in
            let settings: [String?] = situation.state == .timeWait ? ["0", "1"] : [nil]
            return settings.map { Trial(situation: situation, setting: $0) }
        }
        var outcomes: [Outcome] = []
        for trial in trials {
            outcomes.append(try await laboratory.semaphore.use { try await hit(trial, laboratory) })
        }
        return ExperimentResult(
            id, findings(outcomes), recordings: outcomes.map(\.recording),
            figures: outcomes.map { .init("RST in \($0.trial.name)", "then \($0.after)\(told($0))") })
    }

    private func findings(_ outcomes: [Outcome]) -> [Finding] {
        var all: [Circumstances] = []
        for outcome in outcomes where !all.contains(outcome.trial.circumstances) {
            all.append(outcome.trial.circumstances)
        }
        return all.map { circumstances in
            let group = outcomes.filter { $0.trial.circumstances == circumstances }
            let parts = [true, false].compactMap { isGone -> String? in
                let names = group.filter { $0.isGone == isGone }.map(\.trial.name).joined(separator: ", ")
                guard !names.isEmpty else { return nil }
                let reason =
                    isGone
                    ? "(RFC 9293 section 3.10.7; net/ipv4/tcp_input.c, tcp_reset)"
                    : "(RFC 9293 section 3.10.7.2; net/ipv4/tcp_minisocks.c, tcp_timewait_state_process)"
                return "A RST \(isGone ? "removed" : "did not remove") the socket in \(names) \(reason)."
            }
            return Finding(
                "B2", holds: group.allSatisfy(\.isGone), under: circumstances, because: parts.joined(separator: " "),
                evidence: [id])
        }
    }

    private func hit(_ trial: Trial, _ laboratory: Laboratory) async throws -> Outcome {
        let world = try await World(sysctls: trial.setting.map { ["net.ipv4.tcp_rfc1337": $0] } ?? [:])
        let pair = SocketPair(in: world, laboratory.family)
        let side = trial.situation.side
        try await pair.reach(trial.situation)
        if !laboratory.breaksPremise { try world.wire.inject(pair.reset(for: side), from: side.other) }
        let after = try world.wire.look(at: pair.connection).state(side)
        let told = try pair.pendingError(side)
        let wire = world.wire.recording.state
        let name = trial.name.lowercased().replacing(" with tcp_rfc1337 = ", with: "-rfc1337-")
        return Outcome(
            trial: trial, after: after, told: told,
            recording: Recording(name, segments: wire.segments, samples: wire.samples, clientCalls: [], serverCalls: [])
        )
    }

    private func told(_ outcome: Outcome) -> String {
        outcome.told.map { "; its socket reports \($0.name)" } ?? ""
    }
}
