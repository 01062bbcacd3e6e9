import Claims
import Packets
import Recordings
import Scenes
import Stories
import Text

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
    let lookFor = "Whether the numbers are random or follow a clock; how large the window is beside the sequence space."

    private static let connections = 12

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory) { scene in
            var connections: [[Segment]] = []
            var window = 0
            for index in 0..<Self.connections {
                // Broken on purpose: with other ports, the numbers have nothing to do with one another.
                let port = laboratory.breaksPremise ? ["--local-port", "\(50_001 + index)"] : fixedPort
                let conversation = try await scene.converse(port + ["--close", "reset"], rules: [])
                // What is left of the connection before may still come.
                let segments = conversation.segments.filter { $0.from == .client }.drop { $0.segment.flags != .syn }
                guard !segments.isEmpty else { throw LaboratoryError("a connection without a SYN") }
                connections.append(segments.map(\.segment))
                let space = SequenceSpace(conversation.segments)
                window = max(window, conversation.segments.map(space.window).max() ?? 0)
            }
            let tick = try nanosecondsPerNumber(connections.map { $0[0] })
            let duplicates = Duplicates(of: connections, window: window)
            return ExperimentResult(
                id, findings(tick, window, duplicates), recordings: [scene.recording("syns")],
                figures: [
                    .init("nanoseconds for each sequence number", tick.fixed(1)),
                    .init("largest window seen", "\(window.grouped) bytes"),
                    .init("old data in a later connection's window", "\(duplicates.inWindow) of \(duplicates.count)"),
                    .init("nearest behind a later connection's window", "\(duplicates.nearest.grouped) numbers"),
                ])
        }
    }

    /// Every segment with data, held against every later connection, as if it came when that one has just begun.
    private struct Duplicates {
        private(set) var count = 0
        private(set) var inWindow = 0
        /// How far the nearest of them ends behind what a later connection expects first.
        private(set) var nearest = Int.max

        init(of connections: [[Segment]], window: Int) {
            for (index, later) in connections.enumerated() {
                let next = later[0].sequence &+ 1
                for old in connections[..<index].joined() where !old.payload.isEmpty {
                    count += 1
                    inWindow += old.sequence &- next < UInt32(window) ? 1 : 0
                    nearest = min(nearest, Int(next &- old.end))
                }
            }
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

    private func findings(_ tick: Double, _ window: Int, _ duplicates: Duplicates) -> [Finding] {
        // One number each 64 ns is the kernel's clock for them (net/core/secure_seq.c, seq_scale).
        let followsClock = (60...68).contains(tick)
        let random = Double(window) / 4_294_967_296
        let minutes = 4_294_967_296 * tick * 1e-9 / 60
        // RFC 9293 section 3.4.2 lets a segment live for two minutes.
        let isOutlived = followsClock && minutes > 2
        let measured =
            "Measured: \(duplicates.inWindow) of \(duplicates.count) old segments with data lay in the window of a later "
            + "connection; the nearest ended \(duplicates.nearest.grouped) numbers before it"
        let age =
            ". By that clock it would take \(minutes.fixed(1)) minutes to fall into it, but a segment lives for two (RFC 9293 "
            + "section 3.4.2)"
        return [
            Finding(
                "A15", holds: (isOutlived ? 0 : random) < 0.001, under: .ordinary("as to the odds"),
                because:
                    "A random sequence number would fall into the largest window seen, \(window.grouped) bytes, once in "
                    + "\(Int(1 / random).grouped) times. \(measured)\(isOutlived ? age : "").",
                evidence: [id]),
            Finding(
                "A15", holds: !followsClock, under: .ordinary("as to the reason"),
                because: followsClock
                    ? "Successive connections from one port did not start at random numbers: the number grew by one every "
                        + "\(tick.fixed(1)) ns (RFC 6528; net/core/secure_seq.c). So an old connection lies behind the new one, "
                        + "unless it sent more than \(Int(1e9 / tick).grouped) bytes a second."
                    : "The first numbers of successive connections follow no clock.",
                evidence: [id]),
        ]
    }
}
