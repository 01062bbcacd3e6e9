internal import TCPSockets

/// Two FINs that cross.
struct SimultaneousClose: Experiment {
    let id = "simultaneous-close"
    let claims = ["F10"]
    let claimed = "Both sides closing at the same time pass through CLOSING and both hold TIME-WAIT."
    let done = "The client's FIN waits on the wire until the server's FIN is there too; then both are delivered."
    let lookFor = "CLOSING on both hosts, then TIME-WAIT on both."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory) { scene in
            let rules: [any Rule] =
                laboratory.breaksPremise ? [ExitWithEnding(isExit: Chat.isExit)] : [CrossingFINs()]
            let conversation = try await scene.converse(fixedPort, rules: rules)
            let recording = scene.recording("crossing")
            let passed = Side.allCases.map { side in recording.states(of: side).contains { $0.state == .closing } }
            let holder = Outcome.holder { conversation.aftermath.state($0) == .timeWait }
            let finding = Finding(
                "F10", holds: passed == [true, true] && holder == .both,
                because: "CLOSING was \(passed[0] ? "" : "not ")seen at the client and \(passed[1] ? "" : "not ")at the server; "
                    + "TIME-WAIT was held by \(holder.rawValue) (RFC 9293 section 3.6, case 3).",
                evidence: [id])
            return ExperimentResult(id, [finding], recordings: [recording])
        }
    }

    private struct CrossingFINs: Rule {
        private var clientFIN: Int?

        mutating func consider(_ passage: Passage) -> Decision? {
            guard passage.segment.flags.contains(.fin) else { return nil }
            if passage.from == .client, clientFIN == nil {
                clientFIN = passage.number
                return .hold
            }
            guard passage.from == .server, let held = clientFIN else { return nil }
            return .deliver([passage.number, held])
        }
    }
}
