import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import StopMotion
@testable import Stories
@testable import TestSupport

@Suite(
    "What came of a conversation in stop-motion", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"),
    .serialized, .timeLimit(.minutes(5)))
struct StopMotionOutcomeTests {
    /// Moves one segment after the other to the end.
    private func play(
        _ experiment: String, _ choose: @escaping @Sendable (Segment) -> StopMotion.Command
    ) async throws -> StopMotionOutcome {
        try await StopMotion.play(try Scenario(experiment), try Chat(), .script) { play in
            while true {
                try await play.rest(forSegment: true)
                if try play.isOver() { return }
                if let next = play.waiting.first { try await play.perform(choose(next.segment)) }
            }
        }
    }

    @Test("Two FINs that arrive end the connection")
    func fin() async throws {
        let crossed = ConditionVariable<[Segment]>([])
        let aftermath = try await play("explicit-active") { segment in
            // What comes again because the hand is slow would be answered, and the answer be answered by a RST.
            let isCopy = crossed.change { crossed in
                defer { crossed.append(segment) }
                return segment.end != segment.sequence
                    && crossed.contains { $0.sequence == segment.sequence && $0.flags == segment.flags }
            }
            return isCopy ? .drop : .deliver
        }
        #expect(aftermath.lines.first == "The client closed first; the connection ended by FIN.")
    }

    @Test("Where the only RST is lost, nothing has ended the connection")
    func lostReset() async throws {
        let aftermath = try await play("explicit-reset-server-last") { segment in
            // The client's kernel knows nothing of the connection any more, and answers with a RST to whatever comes.
            segment.flags.contains(.rst) ? .drop : .deliver
        }
        #expect(aftermath.reset == nil)
        #expect(aftermath.lines.first == "The client closed first; the connection has not ended.")
        #expect(aftermath.states.state(.server) != .closed)
    }

    /// A chat-client whose FIN comes so long after its exit that any hand is quicker, and yet before the exit is sent again. It
    /// computes meanwhile, as a client does that the machine has no time for.
    private static let slowClient = """
        #!/usr/bin/env python3
        import socket, sys, time
        arguments = sys.argv
        host, port = (arguments[arguments.index(name) + 1] for name in ("--host", "--port"))
        server = socket.create_connection((host, int(port)))
        server.sendall(b"\\x00\\x00\\x00\\x05\\x01" + sys.stdin.readline().strip().encode())
        server.recv(9)
        print("ping", flush=True)
        sys.stdin.read()
        server.sendall(b"\\x00\\x00\\x00\\x01\\x03")
        late = time.monotonic() + 0.1
        while time.monotonic() < late:
            pass
        server.close()
        """

    @Test("A hand that is quicker than the client's FIN does not let the server close first")
    func quickHand() async throws {
        let aftermath = try await withClient(Self.slowClient) { chat in
            try await StopMotion.play(try Scenario("explicit-active"), chat, .person, Self.quickly)
        }
        #expect(aftermath.lines.first == "The client closed first; the connection ended by FIN.")
    }

    /// Delivers each segment as soon as it waits.
    @Sendable private static func quickly(_ play: StopMotion) async throws {
        var exits = 0
        while try !play.isOver() {
            guard let next = play.waiting.first else {
                try await Task.sleep(for: .milliseconds(1))
                continue
            }
            let isExit = next.from == .client && Chat.isExit(next.segment)
            if isExit { #expect(play.waiting.count == 1, "the FIN is there already") }
            try await play.perform(.deliver)
            guard isExit else { continue }
            exits += 1
            #expect(try play.view().server.condition == .stopped)
            #expect(play.waiting.first?.segment.flags.contains(.fin) == true)
        }
        #expect(exits == 1)
    }
}
