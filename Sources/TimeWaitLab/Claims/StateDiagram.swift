internal import TCPSockets

/// The state diagram of RFC 9293 (section 3.3.2, figure 5), and what a run has seen of it.
public struct StateDiagram: Sendable {
    /// An arrow of the diagram.
    public struct Arrow: Sendable, Hashable {
        public let transition: Transition
        /// What causes it, in the words of the figure.
        public let cause: String
        /// Why a Linux host cannot make this step, where it cannot.
        public let obstacle: String?
        /// Where it was seen: a cell or an experiment; nil where it was not.
        public let evidence: String?
    }

    /// In the order in which a connection lives.
    public let arrows: [Arrow]
    /// Steps that were seen and that the figure does not show, with the place where.
    public let others: [Arrow]

    public init(_ report: Report) {
        var seen: [Transition: String] = [:]
        for experiment in report.experiments {
            for recording in experiment.recordings { Self.note(recording, as: experiment.id, in: &seen) }
        }
        // The plainest evidence is a cell's.
        for cell in report.cells.reversed() { Self.note(cell.recording.recording, as: cell.cell.id, in: &seen) }
        arrows = Self.figure.map { step, cause, obstacle in
            Arrow(transition: step, cause: cause, obstacle: obstacle, evidence: seen[step])
        }
        let known = Set(arrows.map(\.transition))
        others = seen.filter { !known.contains($0.key) }
            .map { Arrow(transition: $0.key, cause: "", obstacle: nil, evidence: $0.value) }
            .sorted {
                ("\($0.transition.from)", "\($0.transition.to)") < ("\($1.transition.from)", "\($1.transition.to)")
            }
    }

    private static func note(_ recording: Recording, as id: String, in seen: inout [Transition: String]) {
        for transition in Side.allCases.flatMap(recording.transitions) { seen[transition] = id }
    }

    /// A sentence for those that were not seen.
    public var summary: String {
        let missing = arrows.filter { $0.evidence == nil }
        let visited = "\(arrows.count - missing.count) of the \(arrows.count) steps of RFC 9293 figure 5 were seen."
        return
            ([visited]
            + missing.map { arrow in
                "Not \(arrow.transition.from) to \(arrow.transition.to) (\(arrow.cause))"
                    + (arrow.obstacle.map { ": \($0)" } ?? "") + "."
            }).joined(separator: " ")
    }

    private static let figure: [(Transition, cause: String, obstacle: String?)] = [
        (step(.closed, .listen), "passive OPEN", nil),
        (step(.listen, .closed), "CLOSE", nil),
        (step(.closed, .synSent), "active OPEN: send SYN", nil),
        (step(.synSent, .closed), "CLOSE", nil),
        (step(.listen, .synReceived), "receive SYN: send SYN, ACK", nil),
        (
            step(.listen, .synSent), "SEND: send SYN",
            "send() on a listening socket is ENOTCONN, and connect() is EISCONN (net/ipv4/af_inet.c)"
        ),
        (step(.synSent, .synReceived), "receive SYN: send SYN, ACK", nil),
        (step(.synSent, .established), "receive SYN, ACK: send ACK", nil),
        (step(.synReceived, .established), "receive ACK of SYN", nil),
        (step(.synReceived, .listen), "receive RST", nil),
        (step(.synReceived, .finWait1), "CLOSE: send FIN", nil),
        (step(.established, .finWait1), "CLOSE: send FIN", nil),
        (step(.established, .closeWait), "receive FIN: send ACK", nil),
        (step(.finWait1, .finWait2), "receive ACK of FIN", nil),
        (step(.finWait1, .closing), "receive FIN: send ACK", nil),
        (step(.finWait1, .timeWait), "receive FIN with ACK of FIN: send ACK (note 2)", nil),
        (step(.finWait2, .timeWait), "receive FIN: send ACK", nil),
        (step(.closing, .timeWait), "receive ACK of FIN", nil),
        (step(.closeWait, .lastAck), "CLOSE: send FIN", nil),
        (step(.lastAck, .closed), "receive ACK of FIN", nil),
        (step(.timeWait, .closed), "two maximum segment lifetimes, or RST", nil),
    ]

    private static func step(_ from: TCPState, _ to: TCPState) -> Transition { Transition(from: from, to: to) }
}
