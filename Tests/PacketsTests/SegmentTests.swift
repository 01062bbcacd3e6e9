import TCPSockets
import Testing

@testable import Packets
@testable import Recordings
@testable import TestSupport

@Suite("A segment that is read", .timeLimit(.minutes(5)))
struct SegmentTests {
    @Test("means what independent readers say", arguments: CapturedPacket.all)
    func meaning(_ captured: CapturedPacket) throws {
        let segment = try #require(Segment(packet: captured.bytes))
        #expect("\(segment.source)" == captured.source)
        #expect("\(segment.destination)" == captured.destination)
        #expect(segment.sequence == captured.sequence)
        #expect(segment.acknowledgement == captured.acknowledgement)
        #expect(segment.flags == captured.flags)
        #expect(segment.window == captured.window)
        #expect(segment.options == captured.options)
        #expect(String(decoding: segment.payload, as: UTF8.self) == captured.payload)
        #expect(segment.packet == captured.bytes)
    }

    @Test(
        "takes up a byte of the sequence space for SYN, for FIN and for each byte of data",
        arguments: [
            ([], 0, 0), (.ack, 5, 5), (.syn, 0, 1), ([.syn, .ack], 0, 1), ([.fin, .ack], 0, 1), ([.fin, .ack], 5, 6),
            (.rst, 0, 0), ([.syn, .fin], 3, 5),
        ] as [(Segment.Flags, Int, UInt32)])
    func length(_ flags: Segment.Flags, _ payload: Int, _ expected: UInt32) {
        let segment = Segment.sample(flags: flags, payload: [UInt8](repeating: 7, count: payload))
        #expect(segment.length == expected)
        #expect(segment.end == segment.sequence &+ expected)
    }

    @Test("ends behind the end of the sequence space where it goes round")
    func roundTheEnd() {
        #expect(Segment.sample(sequence: .max - 1, flags: .ack, payload: [1, 2, 3]).end == 1)
    }

    @Test(
        "is a pure acknowledgement with ACK and nothing else",
        arguments: [
            (.ack, 0, true), (.ack, 1, false), ([.ack, .psh], 0, false), ([.ack, .fin], 0, false),
            ([.ack, .syn], 0, false), ([.ack, .rst], 0, false), ([], 0, false),
        ] as [(Segment.Flags, Int, Bool)])
    func pureAcknowledgement(_ flags: Segment.Flags, _ payload: Int, _ expected: Bool) {
        let segment = Segment.sample(flags: flags, payload: [UInt8](repeating: 7, count: payload))
        #expect(segment.isPureAcknowledgement == expected)
    }
}
