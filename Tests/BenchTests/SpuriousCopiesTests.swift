import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import TestSupport

@Suite("A wire that loses nothing")
struct SpuriousCopiesTests {
    /// Whether each segment is dropped.
    private func drops(_ segments: CapturedSegment...) -> [Bool] {
        var rule = SpuriousCopies()
        return segments.map { captured in
            if case .drop = rule.consider(captured) { true } else { false }
        }
    }

    @Test("drops what was sent before, and nothing else")
    func copies() {
        let data = CapturedSegment(number: 0, from: .client, .ack, sequence: 100, payload: [1, 2, 3])
        let more = CapturedSegment(number: 1, from: .client, [.fin, .ack], sequence: 103)
        let both = CapturedSegment(number: 2, from: .client, [.fin, .ack], sequence: 100, payload: [1, 2, 3])
        #expect(drops(data, data, more, more, data, both) == [false, true, false, true, true, true])
    }

    @Test("knows both directions apart, and lets every ACK and RST through")
    func directions() {
        let client = CapturedSegment(number: 0, from: .client, .ack, sequence: 100, payload: [1])
        let server = CapturedSegment(number: 1, from: .server, .ack, sequence: 100, payload: [1])
        let ack = CapturedSegment(number: 2, from: .client, .ack, sequence: 101)
        let reset = CapturedSegment(number: 3, from: .client, .rst, sequence: 50)
        #expect(drops(client, server, ack, ack, reset, reset).allSatisfy { !$0 })
    }

    @Test("lets a new connection from the same port begin, also where numbers come round")
    func again() {
        let old = CapturedSegment(number: 0, from: .client, [.fin, .ack], sequence: .max - 1)
        let new = CapturedSegment(number: 1, from: .client, .syn, sequence: 5000)
        #expect(drops(old, new, new) == [false, false, true])
    }
}
