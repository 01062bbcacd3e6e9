import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets

/// The first reason for TIME-WAIT: somebody has to answer when the last FIN comes again.
struct LastAcknowledgementLost: Experiment {
    let id = "last-ack-lost"
    let claims = ["A12", "A13", "C7"]
    let claimed = """
        TIME-WAIT is there to answer a retransmitted FIN when the last ACK is lost (A12, C7); without it the answer is a RST \
        and the peer sees an error, which would not disturb applications that have already finished (A13).
        """
    let done = """
        The client closes first, and the wire loses its ACK of the server's FIN. Once with TIME-WAIT on the client's host, \
        once without: net.ipv4.tcp_max_tw_buckets = 0.
        """
    let lookFor = "Whether an ACK or a RST answers the server's second FIN; what the server program sees."

    private struct Ending: Sendable {
        /// How often the server's FIN appeared.
        let fins: Int
        let answer: CapturedSegment?
        let conversation: Scene.Conversation
        /// What the server program called for this connection, up to close().
        let calls: [SocketCall]
        let recording: Recording

        var flags: Segment.Flags? { answer?.segment.flags }

        /// How long before the answer arrived the server's close() had returned: seconds; nil where it had not.
        var closedBefore: Double? {
            guard let close = calls.last, close.call == .close, close.result == 0, let arrival = answer?.arrival,
                close.time < arrival
            else { return nil }
            return arrival - close.time
        }

        /// What failed for the server program.
        var errors: [String] {
            calls.compactMap { call in
                call.errno.flatMap { $0 == .wouldBlock ? nil : "\(call.call.rawValue): \($0.name)" }
            }
        }
    }

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let with = try await lose(laboratory, "with-time-wait", [:])
        let without = try await lose(laboratory, "without-time-wait", ["net.ipv4.tcp_max_tw_buckets": "0"])
        return ExperimentResult(id, findings(with, without), recordings: [with.recording, without.recording])
    }

    private func findings(_ with: Ending, _ without: Ending) -> [Finding] {
        let answered = with.fins > 1 && with.flags == .ack && with.conversation.aftermath.state(.client) == .timeWait
        let refused = without.fins > 1 && without.flags?.contains(.rst) == true
        let kept =
            "With TIME-WAIT on the client's host, the server sent its FIN \(with.fins) times, and the last was "
            + "answered with \(name(with.flags)) (RFC 9293 section 3.6, TIME-WAIT; net/ipv4/tcp_minisocks.c)."
        let gone =
            "With tcp_max_tw_buckets = 0 the client's host was in \(without.conversation.aftermath.state(.client)), and the "
            + "last FIN was answered with \(name(without.flags))."
        return [
            Finding("A12", holds: answered && refused, because: "\(kept) \(gone)", evidence: [id]),
            Finding(
                "A13", holds: refused && without.closedBefore != nil && without.errors.isEmpty,
                because: "\(gone) \(told(without))", evidence: [id]),
            Finding("C7", holds: answered && refused, because: "\(kept) \(gone)", evidence: [id]),
        ]
    }

    /// What the server program knew of it.
    private func told(_ ending: Ending) -> String {
        let closed =
            ending.closedBefore.map { "had returned \(Int($0 * 1000)) ms before it came" }
            ?? "had not returned before it"
        return "The server's close() \(closed), its calls had \(list(ending.errors)), and it logged the "
            + "conversation as ended by \(ending.conversation.serverEnding). In LAST-ACK a RST ends the connection, and the program "
            + "sees nothing of it (RFC 9293 section 3.10.7.4)."
    }

    private func name(_ flags: Segment.Flags?) -> String {
        guard let flags else { return "nothing" }
        return flags.contains(.rst) ? "a RST" : "an ACK"
    }

    private func list(_ errors: [String]) -> String {
        errors.isEmpty ? "no error" : errors.joined(separator: ", ")
    }

    private func lose(_ laboratory: Laboratory, _ name: String, _ sysctls: [String: String]) async throws -> Ending {
        try await Scene.play(laboratory, sysctls: sysctls, server: ["--close", "last"]) { scene in
            let loss = LoseLastAcknowledgement(times: laboratory.breaksPremise ? 0 : 1)
            let conversation = try await scene.converse(fixedPort, rules: [SpuriousCopies(from: .client), loss])
            let segments = conversation.segments
            let fins = segments.filter { $0.from == .server && $0.segment.flags.contains(.fin) }
            guard let last = fins.last else { throw LaboratoryError("the server has sent no FIN") }
            // The lost ACK may appear behind a FIN that came again early.
            let answer = segments.first { $0.from == .client && $0.number > last.number && $0.arrival != nil }
            let calls = scene.server.program.output.read(\.calls).onSocket(of: conversation.connection)
            return Ending(
                fins: fins.count, answer: answer, conversation: conversation, calls: calls,
                recording: scene.recording(name))
        }
    }

    /// Drops the client's first pure ACK after the server's FIN.
    ///
    /// The server's pure ACKs of the client's FIN are dropped as well: the server's FIN carries the same one. Without TIME-WAIT
    /// there is no orphan in FIN-WAIT-2 either (net/ipv4/tcp_input.c, tcp_rcv_state_process), and a client that had got
    /// that ACK first would be gone before the FIN comes.
    private struct LoseLastAcknowledgement: Rule {
        var times: Int
        private var clientHasClosed = false
        private var serverHasClosed = false

        init(times: Int) {
            self.times = times
        }

        mutating func consider(_ captured: CapturedSegment) -> Decision? {
            let segment = captured.segment
            if segment.flags.contains(.fin) {
                if captured.from == .client { clientHasClosed = true } else { serverHasClosed = true }
            }
            guard segment.isPureAcknowledgement, clientHasClosed else { return nil }
            if captured.from == .server { return .drop }
            guard serverHasClosed, times > 0 else { return nil }
            times -= 1
            return .drop
        }
    }
}
