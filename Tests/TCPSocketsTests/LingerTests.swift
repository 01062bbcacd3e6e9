import TCPSockets
import Testing

@Suite("Lingering", .timeLimit(.minutes(5)))
struct LingerTests {
    @Test("close() waits its seconds for a peer whose receive queue is full, on a non-blocking socket too")
    func waits() throws {
        let pair = try Pair()
        try pair.client.fill()
        let closing = try pair.client.close(.linger, times: CloseTimes(lingerSeconds: 1))
        #expect(closing.closeDuration >= .milliseconds(900))
        #expect(closing.closeError == nil)
    }

    @Test("Without it close() does not wait for that peer", arguments: [CloseStrategy.active, .dontLinger, .reset])
    func doesNotWait(_ strategy: CloseStrategy) throws {
        let pair = try Pair()
        try pair.client.fill()
        let closing = try pair.client.close(strategy)
        // The wait that lingering would make is five seconds.
        #expect(closing.closeDuration < .seconds(4))
    }

    @Test(
        "A reset destroys what the peer has not got yet, and a plain close does not",
        arguments: [
            (CloseStrategy.reset, false), (.active, true),
        ])
    func loss(_ strategy: CloseStrategy, _ arrives: Bool) throws {
        let pair = try Pair()
        let sent = try pair.client.fill()
        _ = try pair.client.close(strategy)
        let (text, end) = try pair.server.readToEnd()
        #expect(end == (arrives ? .fin : .reset))
        #expect((text.utf8.count == sent) == arrives)
    }
}

extension Held {
    /// Sends until both the peer's receive queue and this send queue are full.
    @discardableResult
    func fill() throws -> Int {
        let bytes = [UInt8](repeating: 0x78, count: 1 << 20)
        var total = 0
        while true {
            let count = try use { try $0.send(bytes[...]) }
            total += count
            // Room may come back once more, when the peer's kernel has taken a segment in.
            if count == 0, try wait(for: [.output(descriptor)], until: .now + .milliseconds(50)).isEmpty {
                return total
            }
        }
    }
}
