import Testing

@testable import Claims
@testable import Packets
@testable import Recordings
@testable import TCPSockets
@testable import TestSupport

@Suite("The state diagram")
struct StateDiagramTests {
    private typealias States = (client: TCPState?, server: TCPState?)

    /// A segment of the server's that finds and leaves both hosts in certain states.
    private func captured(_ number: Int, _ flags: Segment.Flags, _ before: States, _ after: States) -> CapturedSegment {
        var captured = CapturedSegment(
            number: number, from: .server, flags, sequence: 200, acknowledgement: 101, at: Double(number))
        captured.deliveries = [.init(time: Double(number) + 0.5, before: both(before), after: both(after))]
        return captured
    }

    private func both(_ states: States) -> SocketStates {
        SocketStates(client: states.client.map(entry), server: states.server.map(entry))
    }

    private func entry(_ state: TCPState) -> SocketEntry {
        SocketEntry(
            local: SyntheticCell.connection.client, remote: SyntheticCell.connection.server, state: state, timer: nil,
            retransmissions: 0, receiveQueue: 0, sendQueue: 0, user: 0, inode: 0)
    }

    private func recording(_ segments: CapturedSegment...) -> Recording {
        Recording("made-up", segments: segments, clientCalls: [], serverCalls: [])
    }

    @Test("has each step as it was seen, with the place where")
    func steps() throws {
        let seen = recording(captured(1, [.fin, .ack], (.finWait2, .lastAck), (.timeWait, .lastAck)))
        let report = Report.madeUp([], experiments: [ExperimentResult("here", [], recordings: [seen])])
        let diagram = StateDiagram(report)
        let arrow = try #require(diagram.arrows.first { $0.transition == Transition(from: .finWait2, to: .timeWait) })
        #expect(arrow.evidence == "here")
        #expect(diagram.arrows.count { $0.evidence != nil } == 1)
        #expect(diagram.summary.hasPrefix("1 of the 21 steps"))
    }

    @Test("names, of several places, the experiment that is about the step")
    func evidence() {
        let seen = recording(captured(1, .ack, (.finWait1, nil), (.closing, nil)))
        let experiments = ["kernel-settings", "simultaneous-close", "sock-destroy"].map { id in
            ExperimentResult(id, [], recordings: [seen])
        }
        let arrow = StateDiagram(.madeUp([], experiments: experiments)).arrows.first { $0.evidence != nil }
        #expect(arrow?.evidence == "simultaneous-close")
        let others = StateDiagram(.madeUp([], experiments: [experiments[0], experiments[2]])).arrows
        #expect(others.first { $0.evidence != nil }?.evidence == "kernel-settings")
    }

    @Test("takes a listener that is left for a connection that is CLOSED")
    func listener() {
        let seen = recording(captured(1, .ack, (.timeWait, .lastAck), (.timeWait, .listen)))
        #expect(seen.transitions(of: .server) == [Transition(from: .lastAck, to: .closed)])
    }

    @Test("has no step for two that were made between two looks")
    func jump() {
        let seen = recording(captured(1, .ack, (.established, .established), (.established, .lastAck)))
        #expect(seen.transitions(of: .server).isEmpty)
    }

    @Test(
        "A16 asks for this side's FIN to be acknowledged and the other's to be there",
        arguments: [([Segment.Flags.fin, .ack] as Segment.Flags, true), (.ack, false)])
    func timeWaitPath(flags: Segment.Flags, holds: Bool) throws {
        var fin = CapturedSegment(number: 0, from: .client, [.fin, .ack], sequence: 100, acknowledgement: 200, at: 0)
        fin.deliveries = [
            .init(time: 0.5, before: both((.finWait1, .established)), after: both((.finWait1, .closeWait)))
        ]
        let seen = recording(fin, captured(1, flags, (.finWait1, .lastAck), (.timeWait, .lastAck)))
        let finding = try #require(timeWaitPathFindings([("some", seen)]).first)
        #expect(finding.holds == holds)
        #expect(finding.condition == "on the way from FIN-WAIT-1")
        #expect(finding.evidence == ["some"])
    }
}
