import Packets
import TCPSockets
import Testing

@testable import Bench
@testable import Recordings
@testable import TestSupport

/// A rule that is asked again and again.
private final class AskedRule {
    private var rule = NeedlessCopies()

    /// What becomes of a segment that a host sends while the other one is in a state.
    func isDropped(
        from side: Side = .client, _ flags: Segment.Flags, sequence: UInt32, acknowledgement: UInt32 = 1,
        bytes: Int = 0,
        receiver state: TCPState = .established
    ) -> Bool {
        let segment = Segment.sample(
            from: side, sequence: sequence, acknowledgement: acknowledgement, flags: flags,
            payload: Array(repeating: 0, count: bytes))
        let end = Endpoint(side.other.address(.v4), port: 1)
        let entry = SocketEntry(local: end, remote: end, state: state)
        let states = side == .client ? SocketStates(server: entry) : SocketStates(client: entry)
        let captured = CapturedSegment(number: 0, origin: .host, from: side, segment: segment, time: 0, states: states)
        if case .drop? = rule.consider(captured) { return true }
        return false
    }
}

@Suite("Copies of what the other side has already")
struct NeedlessCopiesTests {
    private let rule = AskedRule()

    @Test("Data that was acknowledged is not needed again; data that was not may be")
    func data() {
        #expect(!rule.isDropped([.ack, .psh], sequence: 1, bytes: 10))
        #expect(!rule.isDropped([.ack, .psh], sequence: 1, bytes: 10))
        #expect(!rule.isDropped(from: .server, .ack, sequence: 1, acknowledgement: 11))
        #expect(rule.isDropped([.ack, .psh], sequence: 1, bytes: 10))
        #expect(!rule.isDropped([.ack, .psh], sequence: 1, bytes: 20))
    }

    @Test("A FIN is not needed again by whoever's state shows that it has come")
    func fin() {
        #expect(!rule.isDropped([.ack, .fin], sequence: 1, receiver: .finWait2))
        #expect(!rule.isDropped([.ack, .fin], sequence: 1, receiver: .finWait2))
        #expect(rule.isDropped([.ack, .fin], sequence: 1, receiver: .timeWait))
    }

    @Test("A SYN always crosses, pure ACKs do, and a new connection begins anew")
    func others() {
        for _ in 0..<2 { #expect(!rule.isDropped(.syn, sequence: 100)) }
        #expect(!rule.isDropped(from: .server, [.syn, .ack], sequence: 500, acknowledgement: 101))
        for _ in 0..<2 { #expect(!rule.isDropped(.ack, sequence: 101, acknowledgement: 501)) }
        #expect(!rule.isDropped(.syn, sequence: 50))
        #expect(!rule.isDropped([.ack, .psh], sequence: 51, bytes: 10))
    }
}
