import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// Each of the four segments of an orderly close, lost.
struct LostClosingSegment: Experiment {
    let id = "lost-closing-segment"
    let claims = ["C12"]
    let claimed = "All four segments of the close must arrive; none may be lost."
    let done = """
        The client closes, and then the server. The wire loses one of the four segments once: the client's FIN, its ACK, the \
        server's FIN, or its ACK.
        """
    let lookFor = "Whether the connection still ends, with TIME-WAIT at the client."

    private enum Loss: String, CaseIterable {
        case clientFIN = "client-fin"
        case clientFINsACK = "ack-of-client-fin"
        case serverFIN = "server-fin"
        case serverFINsACK = "ack-of-server-fin"

        var words: String {
            switch self {
            case .clientFIN: "the client's FIN"
            case .clientFINsACK: "its ACK"
            case .serverFIN: "the server's FIN"
            case .serverFINsACK: "that FIN's ACK"
            }
        }

        var isInFirstHalf: Bool { self == .clientFIN || self == .clientFINsACK }

        var side: Side { self == .clientFIN || self == .serverFINsACK ? .client : .server }

        func matches(_ segment: Segment) -> Bool {
            self == .clientFIN || self == .serverFIN
                ? segment.flags.contains(.fin) : segment.isPureAcknowledgement
        }
    }

    private struct Trial: Sendable {
        let loss: Loss
        let isOver: Bool
        let recording: Recording
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let trials = try await overBothFamilies { family in
            try await withThrowingTaskGroup(of: (Int, Trial).self) { group in
                for (index, loss) in Loss.allCases.enumerated() {
                    group.addTask { (index, try await lose(laboratory, family, loss)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
            }
        }
        let words = trials.map { trials in
            let survived = trials.filter(\.isOver).map(\.loss.words)
            return "the close completed after the loss of "
                + (survived.isEmpty ? "none of them" : survived.joined(separator: ", of "))
        }
        let all = trials.flatMap { $0 }
        let finding = Finding(
            "C12", holds: !all.contains(where: \.isOver),
            because:
                "One of the four segments was lost at a time: \(overBoth(words)) (RFC 9293 sections 3.6 and 3.8.1).",
            evidence: [id])
        return ExperimentResult(id, [finding], recordings: all.map(\.recording))
    }

    private func lose(_ laboratory: Laboratory, _ family: IPAddress.Family, _ loss: Loss) async throws -> Trial {
        try await HeldPair.play(laboratory, over: family) { pair in
            // Broken on purpose: it is lost each time.
            let rule = Losing(loss: loss, times: laboratory.breaksPremise ? .max : 1)
            if loss.isInFirstHalf { pair.world.wire.obey([rule]) }
            try pair.client.close()
            var isOver = try await rule.goesOn(pair) { $0.state(.client) == .finWait2 }
            if isOver {
                if !loss.isInFirstHalf { pair.world.wire.obey([rule]) }
                try pair.server.close()
                isOver = try await rule.goesOn(pair) {
                    $0.state(.client) == .timeWait && [.closed, .listen].contains($0.state(.server))
                }
            }
            guard rule.count.state > 0 else { throw LaboratoryError("\(loss.words) was not lost") }
            return Trial(loss: loss, isOver: isOver, recording: pair.recording("\(loss.rawValue)-\(family.name)"))
        }
    }

    /// Loses a segment, and counts.
    private struct Losing: Rule {
        let loss: Loss
        let times: Int
        let count = ConditionVariable(0)

        mutating func consider(_ captured: CapturedSegment) -> Decision? {
            guard captured.from == loss.side, loss.matches(captured.segment), count.state < times else { return nil }
            count.change { $0 += 1 }
            return .drop
        }

        /// Waits until the close has come so far, or until it was lost three times.
        func goesOn(
            _ pair: HeldPair, until isReached: @escaping @Sendable (SocketStates) -> Bool
        ) async throws -> Bool {
            try await pair.world.states("the close to go on", of: pair.connection) { states in
                isReached(states) ? true : count.state >= 3 ? false : nil
            }
        }
    }
}
