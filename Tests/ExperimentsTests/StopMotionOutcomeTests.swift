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
        #expect(aftermath.lines.first == "The client closed first; it ended by FIN.")
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
}
