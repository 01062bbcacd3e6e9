import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import TestSupport

@Suite("The rule that makes the client the first to close", .timeLimit(.minutes(5)))
struct ExitWithEndingTests {
    /// What a rule decided, for comparison.
    private enum Decided: Hashable {
        case deliver([Int])
        case hold, drop, delay, replace, nothing

        init(_ decision: Decision?) {
            self =
                switch decision {
                case .deliver(let numbers): .deliver(numbers)
                case .hold: .hold
                case .drop: .drop
                case .delay: .delay
                case .replace: .replace
                case nil: .nothing
                }
        }
    }

    /// Feeds the rule with segments, numbered from 0.
    private func decisions(_ segments: [(Side, Segment)]) -> [Decided] {
        var rule = ExitWithEnding { $0.payload == [69] }
        return segments.enumerated().map { number, captured in
            let (side, segment) = captured
            return Decided(
                rule.consider(
                    CapturedSegment(
                        number: number, origin: .host, from: side, segment: segment, time: Double(number),
                        states: SocketStates())))
        }
    }

    private let question = (Side.client, Segment.sample(sequence: 1000, flags: [.psh, .ack], payload: [1]))
    private let answer = (Side.server, Segment.sample(from: .server, flags: [.psh, .ack], payload: [69]))
    private let exit = (Side.client, Segment.sample(sequence: 1001, flags: [.psh, .ack], payload: [69]))
    private let fin = (Side.client, Segment.sample(sequence: 1002, flags: [.fin, .ack]))
    private let reset = (Side.client, Segment.sample(sequence: 1002, flags: [.rst, .ack]))
    private let acknowledgement = (Side.client, Segment.sample(sequence: 1001, flags: .ack))

    @Test("lets pass all but the last word")
    func before() {
        #expect(decisions([question, answer, acknowledgement, question]) == [.nothing, .nothing, .nothing, .nothing])
    }

    @Test("delivers the FIN ahead of the last word")
    func finFirst() {
        #expect(decisions([question, exit, fin]) == [.nothing, .hold, .deliver([2, 1])])
    }

    @Test("delivers the RST behind the last word, for only the next in sequence is obeyed")
    func resetBehind() {
        #expect(decisions([exit, reset]) == [.hold, .deliver([0, 1])])
    }

    @Test("lets pass what comes between the last word and its end")
    func between() {
        #expect(decisions([exit, acknowledgement, answer, fin]) == [.hold, .nothing, .nothing, .deliver([3, 0])])
    }

    @Test("lets pass a last word that has the FIN with it")
    func together() {
        let both = (Side.client, Segment.sample(sequence: 1001, flags: [.fin, .psh, .ack], payload: [69]))
        #expect(decisions([both, fin]) == [.nothing, .nothing])
    }

    @Test("lets pass an end without a last word, and the server's end")
    func endAlone() {
        let serverFin = (Side.server, Segment.sample(from: .server, flags: [.fin, .ack]))
        #expect(decisions([fin, reset]) == [.nothing, .nothing])
        #expect(decisions([exit, serverFin, fin]) == [.hold, .nothing, .deliver([2, 0])])
    }

    @Test("has done its work once: neither a last word nor a FIN that comes again is kept")
    func onlyOnce() {
        #expect(decisions([exit, fin, exit, fin]) == [.hold, .deliver([1, 0]), .nothing, .nothing])
    }

    @Test("does not take the end of another connection for this one's")
    func otherConnection() {
        let stranger = (Side.client, Segment.sample(flags: [.fin, .ack], clientPort: 50_002))
        #expect(decisions([exit, stranger, fin]) == [.hold, .nothing, .deliver([2, 0])])
    }

    @Test("does its work for this connection, whatever another one leaves behind")
    func leftOver() {
        let exitBefore = (
            Side.client, Segment.sample(flags: [.psh, .ack], payload: [69], clientPort: 50_002)
        )
        let bothBefore = (
            Side.client, Segment.sample(flags: [.fin, .psh, .ack], payload: [69], clientPort: 50_003)
        )
        #expect(
            decisions([exitBefore, bothBefore, exit, fin]) == [.hold, .nothing, .hold, .deliver([3, 2])])
    }
}
