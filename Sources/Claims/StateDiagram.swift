import Recordings
import TCPSockets

/// The state diagram of RFC 9293 (section 3.3.2, figure 5), and what a run has seen of it.
package struct StateDiagram: Sendable {
    /// An arrow of the diagram.
    package struct Arrow: Sendable, Hashable {
        package let transition: Transition
        /// What causes it, in the words of the figure.
        package let cause: String
        /// What stood in the way when somebody tried, where that was seen.
        package let obstacle: String?
        /// Where it was seen: a cell or an experiment; nil where it was not.
        package let evidence: String?
    }

    /// In the order in which a connection lives.
    package let arrows: [Arrow]
    /// Steps that were seen and that the figure does not show, with the place where.
    package let others: [Arrow]

    package init(_ report: Report) {
        // The plainest evidence is a cell's, and then that of the experiment which is about the step.
        let recordings =
            report.cells.map { ($0.cell.id, $0.recording.recording) }
            + report.experiments.flatMap { experiment in experiment.recordings.map { (experiment.id, $0) } }
        var seen: [Transition: String] = [:]
        for (id, recording) in recordings {
            for transition in Side.allCases.flatMap(recording.transitions)
            where seen[transition] == nil || Self.about[transition] == id {
                seen[transition] = id
            }
        }
        arrows = Self.figure.map { step, cause in
            Arrow(
                transition: step, cause: cause,
                obstacle: report.experiments.compactMap { $0.obstacles[step] }.first, evidence: seen[step])
        }
        let known = Set(arrows.map(\.transition))
        others = seen.filter { !known.contains($0.key) }
            .map { Arrow(transition: $0.key, cause: "", obstacle: nil, evidence: $0.value) }
            .sorted {
                ("\($0.transition.from)", "\($0.transition.to)") < ("\($1.transition.from)", "\($1.transition.to)")
            }
    }

    /// Experiments of which a step is the very matter; others take it in passing.
    private static let about = [
        step(.synSent, .closed): "half-open", step(.synSent, .synReceived): "simultaneous-open",
        step(.finWait1, .closing): "simultaneous-close",
        step(.closing, .timeWait): "simultaneous-close", step(.timeWait, .closed): "time-wait-and-reset",
    ]

    /// The steps that an experiment brings about while nothing else can move, so that a look cannot miss them. Others are seen
    /// or not, as the schedulers will.
    package static let held = Set(about.keys).union([
        step(.synReceived, .finWait1), step(.synReceived, .listen),
    ])

    /// A sentence for those that were not seen.
    package var summary: String {
        let missing = arrows.filter { $0.evidence == nil }
        let visited = "\(arrows.count - missing.count) of the \(arrows.count) steps of RFC 9293 figure 5 were seen."
        return
            ([visited]
            + missing.map { arrow in
                "Not \(arrow.transition.from) to \(arrow.transition.to) (\(arrow.cause))"
                    + (arrow.obstacle.map { ": \($0)" } ?? "") + "."
            }).joined(separator: " ")
    }

    package static let figure: [(Transition, cause: String)] = [
        (step(.closed, .listen), "passive OPEN"),
        (step(.listen, .closed), "CLOSE"),
        (step(.closed, .synSent), "active OPEN: send SYN"),
        (step(.synSent, .closed), "CLOSE"),
        (step(.listen, .synReceived), "receive SYN: send SYN, ACK"),
        (step(.listen, .synSent), "SEND: send SYN"),
        (step(.synSent, .synReceived), "receive SYN: send SYN, ACK"),
        (step(.synSent, .established), "receive SYN, ACK: send ACK"),
        (step(.synReceived, .established), "receive ACK of SYN"),
        (step(.synReceived, .listen), "receive RST"),
        (step(.synReceived, .finWait1), "CLOSE: send FIN"),
        (step(.established, .finWait1), "CLOSE: send FIN"),
        (step(.established, .closeWait), "receive FIN: send ACK"),
        (step(.finWait1, .finWait2), "receive ACK of FIN"),
        (step(.finWait1, .closing), "receive FIN: send ACK"),
        (step(.finWait1, .timeWait), "receive FIN with ACK of FIN: send ACK (note 2)"),
        (step(.finWait2, .timeWait), "receive FIN: send ACK"),
        (step(.closing, .timeWait), "receive ACK of FIN"),
        (step(.closeWait, .lastAck), "CLOSE: send FIN"),
        (step(.lastAck, .closed), "receive ACK of FIN"),
        (step(.timeWait, .closed), "two maximum segment lifetimes, or RST"),
    ]

    private static func step(_ from: TCPState, _ to: TCPState) -> Transition { Transition(from: from, to: to) }
}
