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
        The client says `exit` and closes with a RST. Of the segment with `exit` the wire lets only the first byte through. \
        A RST whose sequence number is not the next one must be proved (RFC 9293 section 3.10.7.4), and is.
        """
    let lookFor = "Whether the server program ends the conversation, how soon after the RST, and how many bytes it has."

    func run(in laboratory: Laboratory) async throws -> ExperimentResult {
        try await Scene.play(laboratory) { scene in
            let connection = FourTuple(
                client: Endpoint(scene.world.client.address(.v4), port: 50_001), server: scene.server.endpoint)
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
            let delay = zip(reset, told).map { "\(Int(($1 - $0) * 1e6)) µs after it, recv() said ECONNRESET" }
            let words =
                ending.map { "ended the conversation as: \($0)" } ?? "was still waiting \(patience.inTenths) s later"
            let because =
                "The server had read \(received) of \(sent) bytes when the RST came, and \(words)"
                + (delay.map { "; \($0)" } ?? "")
                + ". \(sent - received) bytes were lost. A RST empties the queues, and "
                + "whoever reads is told (RFC 9293 section 3.10.7.4; net/ipv4/tcp_input.c, tcp_reset)."
            return ExperimentResult(
                id,
                [
                    Finding(
                        "B5", holds: ending == nil, under: .others("where the server waits in recv()"),
                        because: because, evidence: [id])
                ],
                recordings: [scene.recording("one-byte")])
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
