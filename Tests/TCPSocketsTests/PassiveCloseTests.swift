import Foundation
import TCPSockets
import Testing

@Suite("Closing after the peer", .timeLimit(.minutes(5)))
struct PassiveCloseTests {
    private static let serverWaits = Sides(server: .timeWait)

    @Test(
        "leaves TIME-WAIT to the peer", arguments: CloseStrategy.allCases.filter { $0 != .abandon },
        IPAddress.Family.here)
    func peerCloses(_ strategy: CloseStrategy, _ family: IPAddress.Family) throws {
        let pair = try Pair(family)
        try pair.server.close()
        try #require(try wait(for: [.peerClosed(pair.client.descriptor)], until: soon) == [0])
        let closing = try pair.client.close(strategy, times: CloseTimes(delay: .milliseconds(1)))
        #expect(closing.wait == ([.passive, .halfClose].contains(strategy) ? .peerClosed : .none))
        // A RST ends the peer's FIN-WAIT-2 without TIME-WAIT.
        let left = [.reset, .disconnect].contains(strategy) ? Sides.none : Self.serverWaits
        #expect(try pair.states(settledAt: left) == left)
    }

    @Test("half-close loses nothing: the peer reads all, and all that it still sends is taken before close()")
    func halfClose() throws {
        let pair = try Pair()
        let answer = String(repeating: "a", count: 300_000)
        try pair.client.send("question")
        let server = Unchecked(pair.server)
        let read = Unchecked(Box<(text: String, end: StreamEnd)>())
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            defer { done.signal() }
            // Reads to the client's FIN, and only then answers and closes.
            read.value.content = try? server.value.readToEnd()
            try? server.value.sendAll(answer)
            try? server.value.close()
        }
        let closing = try pair.client.close(.halfClose, times: CloseTimes(timeout: .seconds(20)))
        done.wait()
        #expect(read.value.content?.text == "question")
        #expect(read.value.content?.end == .fin)
        #expect(closing.wait == .peerClosed)
        #expect(closing.bytesDiscarded == answer.utf8.count)
        // The client sent its FIN first.
        #expect(try pair.states(settledAt: Sides(client: .timeWait)) == Sides(client: .timeWait))
    }

    @Test("passive gives up on a peer that never closes, not before the timeout is over, and closes first")
    func timeout() throws {
        let pair = try Pair()
        let start = ContinuousClock.now
        let closing = try pair.client.close(.passive, times: CloseTimes(timeout: .milliseconds(30)))
        #expect(closing.wait == .timedOut)
        #expect(ContinuousClock.now - start >= .milliseconds(30))
        let half = Sides(client: .finWait2, server: .closeWait)
        #expect(try pair.states(settledAt: half) == half)
    }

    @Test("passive sees a reset as what it is")
    func reset() throws {
        let pair = try Pair()
        _ = try pair.server.close(.reset)
        try #require(try wait(for: [.input(pair.client.descriptor)], until: soon) == [0])
        #expect(try pair.client.close(.passive).wait == .peerReset(.connectionReset))
        #expect(try pair.states(settledAt: .none) == .none)
    }

    @Test(
        "a wait ends early when the interruption becomes readable",
        arguments: [
            CloseStrategy.delay, .passive, .halfClose,
        ])
    func interruption(_ strategy: CloseStrategy) throws {
        let pair = try Pair()
        let event = try EventDescriptor()
        event.signal()
        let closing = try pair.client.close(
            strategy, times: CloseTimes(delay: .seconds(50), timeout: .seconds(50)),
            interrupter: Interrupter(descriptor: event.descriptor) { true })
        #expect(closing.wait == .interrupted)
    }
}

/// Carries what only one thread at a time uses to another thread.
private struct Unchecked<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}

private final class Box<Content> {
    var content: Content?
}

extension Held {
    func sendAll(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = try use { try $0.send(rest) }
            rest = rest.dropFirst(count)
            if count == 0 { try #require(try wait(for: [.output(descriptor)], until: soon) == [0]) }
        }
    }
}
