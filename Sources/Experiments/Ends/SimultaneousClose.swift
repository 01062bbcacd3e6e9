import Bench
import Claims
import Packets
import Recordings
import Scenes
import Stories
import TCPSockets

/// Two FINs that cross.
struct SimultaneousClose: Experiment {
    let id = "simultaneous-close"
    let claims = ["F10", "A5", "C6", "D2"]
    let claimed = "Both sides closing at the same time pass through CLOSING and both hold TIME-WAIT."
    let done = "The wire holds the first FIN until the other side has sent its own, then delivers both."
    let lookFor = "CLOSING on both hosts, then TIME-WAIT on both."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory) { scene in
            let rules: [any Rule] =
                laboratory.breaksPremise ? Scene.clientFirst : [CrossingFINs()]
            let conversation = try await scene.converse(fixedPort, rules: rules)
            let recording = scene.recording("crossing")
            let passed = Side.allCases.map { side in recording.states(of: side).contains { $0.state == .closing } }
            let holder = Outcome.holder { conversation.aftermath.state($0) == .timeWait }
            let because =
                "CLOSING was \(passed[0] ? "" : "not ")seen at the client and \(passed[1] ? "" : "not ")at the server; "
                + "TIME-WAIT was held by \(holder.rawValue) (RFC 9293 section 3.6, case 3)."
            let both = Finding(
                "F10", holds: passed == [true, true] && holder == .both, because: because, evidence: [id])
            // Nobody is the first, and the one who is told to be the passive closer holds TIME-WAIT as well.
            let first = ["A5", "C6", "D2"].map { claim in
                Finding(
                    claim, holds: holder == .client, under: .others("where the two FINs cross"), because: because,
                    evidence: [id])
            }
            return ExperimentResult(id, [both] + first, recordings: [recording])
        }
    }

    /// Holds the first FIN, whoever sends it, until the other side has sent its own.
    private struct CrossingFINs: Rule {
        private var first: CapturedSegment?

        mutating func consider(_ captured: CapturedSegment) -> Decision? {
            guard captured.segment.flags.contains(.fin) else { return nil }
            guard let held = first else {
                first = captured
                return .hold
            }
            return held.from == captured.from ? nil : .deliver([captured.number, held.number])
        }
    }
}
