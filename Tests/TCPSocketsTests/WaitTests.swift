import Foundation
import TCPSockets
import Testing

@Suite("Waiting for a few descriptors", .timeLimit(.minutes(5)))
struct WaitTests {
    @Test("ends at the deadline with nothing, and not before it")
    func deadline() throws {
        let pair = try Pair()
        let deadline = ContinuousClock.now + .milliseconds(20)
        #expect(try wait(for: [.input(pair.client.descriptor)], until: deadline).isEmpty)
        #expect(ContinuousClock.now >= deadline)
    }

    @Test("with a deadline that is over only looks")
    func past() throws {
        let pair = try Pair()
        let past = ContinuousClock.now - .seconds(5)
        #expect(try wait(for: [.input(pair.client.descriptor)], until: past) == [])
        #expect(try wait(for: [.output(pair.client.descriptor)], until: past) == [0])
    }

    @Test("gives the positions of all that are ready, and passes over empty places")
    func positions() throws {
        let pair = try Pair()
        let (client, server) = (pair.client.descriptor, pair.server.descriptor)
        let ready = try wait(for: [.input(client), .nothing, .output(client), .inputOrOutput(server)], until: soon)
        #expect(ready == [2, 3])
    }

    @Test("tells the peer's FIN from unread data before it")
    func peerClosed() throws {
        let pair = try Pair()
        try pair.server.send("unread")
        try pair.client.awaitArrival(of: 6)
        #expect(try wait(for: [.peerClosed(pair.client.descriptor)], until: .now) == [])
        try pair.server.use { try $0.shutdownSending() }
        #expect(try wait(for: [.peerClosed(pair.client.descriptor)], until: soon) == [0])
    }

    @Test(
        "rounds milliseconds up where a wait must not end too early",
        arguments: [
            (Duration.zero, 0, 0), (.nanoseconds(1), 0, 1), (.milliseconds(3), 3, 3), (.microseconds(3001), 3, 4),
            (.seconds(2), 2000, 2000), (.milliseconds(-5), 0, 0),
        ])
    func milliseconds(_ duration: Duration, _ down: Int, _ upward: Int) {
        #expect(duration.milliseconds(roundedUp: false) == down)
        #expect(duration.milliseconds(roundedUp: true) == upward)
    }
}

@Suite("A bell between threads", .timeLimit(.minutes(5)))
struct WakeupTests {
    @Test("is silent, rings until it is silenced however often it was rung, and can ring again")
    func rings() throws {
        let wakeup = try Wakeup()
        #expect(try wait(for: [.input(wakeup.descriptor)], until: .now) == [])
        for _ in 0..<3 { wakeup.ring() }
        #expect(try wait(for: [.input(wakeup.descriptor)], until: .now) == [0])
        wakeup.silence()
        #expect(try wait(for: [.input(wakeup.descriptor)], until: .now) == [])
        wakeup.silence()
        wakeup.ring()
        #expect(try wait(for: [.input(wakeup.descriptor)], until: .now) == [0])
    }

    @Test("ends another thread's wait that has no deadline")
    func wakes() throws {
        let wakeup = try Wakeup()
        Thread.detachNewThread { wakeup.ring() }
        #expect(try wait(for: [.input(wakeup.descriptor)]) == [0])
    }
}
