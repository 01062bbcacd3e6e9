internal import TCPSockets

/// How far apart successive connections with the same addresses and ports begin, and what are the odds of an accident.
struct InitialSequenceNumbers: Experiment {
    let id = "initial-sequence-numbers"
    let claims = ["A15"]
    let claimed = """
        An old duplicate is very unlikely to do harm, because each connection starts at a fresh random sequence number and the \
        window is small beside the sequence space.
        """
    let done =
        "The same client connects again and again from one port; the sequence numbers and times of its SYNs are noted."
    let lookFor = "Whether the numbers are random, or follow a clock; the window beside the sequence space."

    private static let connections = 12

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory) { scene in
            var syns: [Passage] = []
            var window = 0
            for index in 0..<Self.connections {
                // Broken on purpose: with other ports, the numbers have nothing to do with one another.
                let port = laboratory.breaksPremise ? ["--local-port", "\(50_001 + index)"] : fixedPort
                let conversation = try await scene.converse(port + ["--close", "reset"], rules: [])
                guard let syn = conversation.passages.first(from: .client, .syn) else {
                    throw LaboratoryError("a connection without a SYN")
                }
                syns.append(syn)
                let space = SequenceSpace(conversation.passages)
                window = max(window, conversation.passages.map(space.window).max() ?? 0)
            }
            let tick = try nanosecondsPerNumber(syns.map(\.segment))
            return ExperimentResult(
                id, findings(tick, window), recordings: [scene.recording("syns")],
                figures: [
                    .init("nanoseconds for each sequence number", tick.fixed(1)),
                    .init("largest window seen", "\(window) bytes"),
                ])
        }
    }

    /// By the kernel's own clock, in the timestamps of the SYNs: the wire may see them late.
    private func nanosecondsPerNumber(_ syns: [Segment]) throws -> Double {
        let milliseconds = syns.compactMap { syn -> UInt32? in
            if case .timestamps(let value, _)? = syn.timestamps { value } else { nil }
        }
        guard milliseconds.count == syns.count else { throw LaboratoryError("a SYN without a timestamp") }
        let elapsed = zip(milliseconds, milliseconds.dropFirst()).reduce(0) { $0 + Double($1.1 &- $1.0) }
        let advance = zip(syns, syns.dropFirst()).reduce(0) { $0 + Double($1.1.sequence &- $1.0.sequence) }
        return elapsed * 1e6 / advance
    }

    private func findings(_ tick: Double, _ window: Int) -> [Finding] {
        // One number each 64 ns is the kernel's clock for them (net/core/secure_seq.c, seq_scale).
        let followsClock = (60...68).contains(tick)
        let odds = Double(window) / 4_294_967_296
        let minutes = 4_294_967_296 * tick * 1e-9 / 60
        return [
            Finding(
                "A15", holds: odds < 0.001, condition: "as to the odds",
                because:
                    "The largest window seen was \(window) bytes: a segment with a random sequence number falls into it "
                    + "once in \(Int(1 / odds)) times.",
                evidence: [id]),
            Finding(
                "A15", holds: !followsClock, condition: "as to the reason",
                because: followsClock
                    ? "Successive connections from one port did not start at random numbers: the numbers advanced by one each "
                        + "\(tick.fixed(1)) ns, so that they begin again only after \(minutes.fixed(1)) minutes (RFC 6528; "
                        + "net/core/secure_seq.c). An old connection lies behind the new one, unless it was very fast or very old."
                    : "The starts of successive connections follow no clock.",
                evidence: [id]),
        ]
    }
}
