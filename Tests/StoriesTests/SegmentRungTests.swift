import Testing

@testable import Packets
@testable import Recordings
@testable import Stories
@testable import TestSupport
@testable import Text

@Suite("The rungs of a ladder")
struct SegmentRungTests {
    private func segment(
        _ number: Int, _ flags: Segment.Flags, sequence: UInt32 = 0, payload: Int = 0, at time: Double,
        deliveredAt deliveries: [Double] = [], fate: CapturedSegment.Fate = .delivered
    ) -> CapturedSegment {
        var captured = CapturedSegment(
            number: number, from: .client, flags, sequence: sequence, payload: Array(repeating: 0, count: payload),
            at: time)
        captured.fate = fate
        captured.deliveries = deliveries.map { .init(time: $0, before: SocketStates(), after: SocketStates()) }
        return captured
    }

    private func rungs(_ segments: CapturedSegment...) -> [SegmentRung] {
        Recording("one", segments: segments, clientCalls: [], serverCalls: []).rungs.map(\.rung)
    }

    @Test("One that was held stands where it was delivered")
    func held() {
        let rungs = rungs(
            segment(0, .ack, payload: 5, at: 1, deliveredAt: [2.1]), segment(1, [.fin, .ack], at: 2, deliveredAt: [2]))
        #expect(rungs.map(\.number) == [2, 1])
    }

    @Test("A copy of one that is held is no rung: it is not lost")
    func absorbed() {
        let rungs = rungs(
            segment(0, .ack, payload: 5, at: 1, deliveredAt: [3]),
            segment(1, .ack, payload: 5, at: 2, fate: .absorbed), segment(2, .fin, at: 4, deliveredAt: [4]))
        #expect(rungs.map(\.number) == [1, 2])
        #expect(rungs.map(\.fate) == [.delivered(times: 1), .delivered(times: 1)])
    }

    @Test("What became of one that was not delivered is said")
    func fates() {
        let rungs = rungs(
            segment(0, .ack, at: 1, fate: .dropped), segment(1, .ack, at: 2, fate: .held), segment(2, .ack, at: 3))
        #expect(rungs.map(\.fate) == [.dropped, .waiting("held"), .waiting("on its way")])
        let lines = rungs.map { SegmentLadder(width: 79).line($0).text(hasColour: false) }
        #expect(lines[0].contains(" dropped x"))
        #expect(lines[1].contains(" held |"))
        #expect(lines.allSatisfy { $0.count <= 79 })
    }

    @Test("A retransmission is said to be one")
    func again() {
        let rungs = rungs(
            segment(0, .ack, payload: 5, at: 1, fate: .dropped), segment(1, .ack, payload: 5, at: 2, deliveredAt: [2]))
        #expect(rungs.map { $0.words.hasSuffix(" again") } == [false, true])
    }

    @Test("A new SYN between the same ports counts anew; the same SYN again does not")
    func reopening() {
        let rungs = rungs(
            segment(0, .syn, sequence: 100, at: 1, fate: .dropped),
            segment(1, .syn, sequence: 100, at: 2, deliveredAt: [2]),
            segment(2, .rst, sequence: 101, at: 3, deliveredAt: [3]),
            segment(3, .syn, sequence: 9000, at: 4, deliveredAt: [4]),
            segment(4, .rst, sequence: 9001, at: 5, deliveredAt: [5]))
        #expect(rungs.map(\.words) == ["SYN seq 0", "SYN seq 0 again", "RST seq 1", "SYN seq 0", "RST seq 1"])
    }
}
