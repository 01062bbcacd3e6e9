import Bench
import Claims
import Packets
import Recordings
import Scenes
import TCPSockets
import Text

/// A RST that comes when the server has the first byte of the last word.
struct ResetAfterFirstByte: Experiment {
    let id = "reset-after-first-byte"
    let claims = ["B5"]
    let claimed = """
        After a RST the server may hold only the first byte of `exit` and wait forever for the rest; data still on its way is \
        lost.
        """
    let done = """
        The client says `exit` and closes with a RST. The wire lets only the first byte of the segment with `exit` through. \
        A RST without the next sequence number must be confirmed (RFC 9293 section 3.10.7.4), and is.
        """
    let lookFor = "Whether and how soon after the RST the server ends the conversation, and how many bytes it got."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        let inReceive = try await whileReceiving(laboratory)
        let operated = try await whileItsUserThinks(laboratory)
        return ExperimentResult(
            id, [finding(operated), inReceive.finding], recordings: [operated.recording, inReceive.recording])
    }

    /// What became of the article's server, which reads a question and then waits for its own user's answer.
    private struct Operated: Sendable {
        let read: Int
        let sent: Int
        let kept: TCPState
        let answer: Errno?
        let recording: Recording

        var words: String {
            "it had read \(read) of \(sent) bytes when the RST came, and its host kept "
                + "\(kept == .closed ? "nothing" : "\(kept)"), while the program was in no socket call; its user's answer "
                + (answer.map { "failed with \($0.name)" } ?? "was sent")
        }
    }

    private func finding(_ operated: Operated) -> Finding {
        Finding(
            "B5", holds: operated.read == 1 && operated.kept == .closed && operated.answer != nil,
            because:
                "While the server waited for its user: \(operated.words) (RFC 9293 section 3.10.7.4; "
                + "net/ipv4/tcp_input.c, tcp_reset: the error waits for the next call).",
            evidence: [id])
    }

    private func whileItsUserThinks(_ laboratory: Laboratory) async throws -> Operated {
        try await HeldPair.play(laboratory, over: laboratory.family) { pair in
            let exit = Array("exit\n".utf8)
            // Broken on purpose: no RST gets through.
            let isBroken = laboratory.breaksPremise
            pair.world.wire.obey([
                FirstByte(), MatchRule(from: .client, .drop) { isBroken && $0.flags.contains(.rst) },
            ])
            _ = try pair.client.use { try $0.send(exit[...]) }
            try await pair.world.states("the first byte", of: pair.connection) {
                $0.server?.receiveQueue == 1 ? () : nil
            }
            var buffer = [UInt8](repeating: 0, count: 64)
            let received = try pair.server.use { try $0.receive(into: &buffer) }
            _ = try pair.client.use { try $0.setLinger(seconds: 0) }
            try pair.client.close()
            try await pair.seen("the RST") { $0.from == .client && $0.segment.flags.contains(.rst) }
            // A RST that is not the very next in sequence must be proved first (RFC 9293 section 3.10.7.4).
            if !isBroken {
                try await pair.world.states("the end of the connection", of: pair.connection) { states in
                    states.state(.server) == .established ? nil : ()
                }
            }
            let kept = try pair.entry(.server)?.state ?? .closed
            var answer: Errno?
            do {
                _ = try pair.server.use { try $0.send(exit[...]) }
            } catch let error as SocketError {
                answer = error.errno
            }
            let read = if case .bytes(let count)? = received { count } else { 0 }
            return Operated(
                read: read, sent: exit.count, kept: kept, answer: answer,
                recording: pair.recording("operator"))
        }
    }

    /// Of all that the client sends, lets one byte through.
    private struct FirstByte: Rule {
        private var isDone = false

        mutating func consider(_ captured: CapturedSegment) -> Decision? {
            guard captured.from == .client, captured.origin == .host, !captured.segment.payload.isEmpty else {
                return nil
            }
            defer { isDone = true }
            return isDone ? .drop : .replace(captured.segment.cut(to: 1))
        }
    }

    private func whileReceiving(_ laboratory: Laboratory) async throws -> (finding: Finding, recording: Recording) {
        try await Scene.play(laboratory) { scene in
            let connection = FourTuple(
                client: Endpoint(scene.world.client.address(laboratory.family), port: 50_001),
                server: scene.server.endpoint)
            // Broken on purpose: no RST gets through, and the server cannot know.
            var rules: [any Rule] = [OneByteOfExit()]
            if laboratory.breaksPremise { rules.insert(MatchRule(.drop) { $0.flags.contains(.rst) }, at: 0) }
            scene.world.wire.obey(rules)
            let client = try await scene.dial(fixedPort + ["--close", "reset"])
            let patience = Pace.current.scaled(.seconds(2))
            let ending: ConversationEnd.Way?
            do {
                ending = try await scene.server.ending(of: connection.client, within: patience)
            } catch is NotSeen {
                ending = nil
            }
            let calls = scene.server.program.output.read(\.calls).onSocket(of: connection)
            let (sent, received) = (client.calls.bytes(moved: .send), calls.bytes(moved: .recv))
            let reset = scene.segments(of: connection).last { $0.segment.flags.contains(.rst) }?.arrival
            let told = calls.first { $0.errno == .connectionReset }?.time
            let delay = zip(reset, told).map { "\(Int(($1 - $0) * 1e6)) µs later, recv() failed with ECONNRESET" }
            let words =
                ending.map { "saw the conversation end by \($0)" } ?? "was still waiting \(patience.inTenths) s later"
            let because =
                "The server had read \(received) of \(sent) bytes when the RST came, and \(words)"
                + (delay.map { "; \($0)" } ?? "")
                + ". \(sent - received) bytes were lost. A RST discards the send queue and "
                + "wakes the reader (RFC 9293 section 3.10.7.4; net/ipv4/tcp_input.c, tcp_reset)."
            return (
                Finding(
                    "B5", holds: ending == nil, under: .others("where the server waits in recv()"),
                    because: because, evidence: [id]),
                scene.recording("one-byte")
            )
        }
    }

    private func zip(_ first: Double?, _ second: Double?) -> (Double, Double)? {
        guard let first, let second else { return nil }
        return (first, second)
    }

    /// Lets one byte of the client's last word through.
    private struct OneByteOfExit: Rule {
        private var isDone = false

        mutating func consider(_ captured: CapturedSegment) -> Decision? {
            guard captured.from == .client, Chat.isExit(captured.segment), !isDone else { return nil }
            isDone = true
            return .replace(captured.segment.cut(to: 1))
        }
    }
}

extension Segment {
    /// The same segment with only the first bytes of its payload.
    func cut(to count: Int) -> Segment {
        Segment(
            from: source, to: destination, sequence: sequence, acknowledgement: acknowledgement, flags: flags,
            window: window, options: options, payload: Array(payload.prefix(count)))
    }
}
