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

@Suite("An event descriptor", .timeLimit(.minutes(5)))
struct EventDescriptorTests {
    @Test(
        "is not ready, stays ready from a signal until it is drained however often it was signalled, and can be signalled again"
    )
    func signals() throws {
        let event = try EventDescriptor()
        #expect(try wait(for: [.input(event.descriptor)], until: .now) == [])
        for _ in 0..<3 { event.signal() }
        #expect(try wait(for: [.input(event.descriptor)], until: .now) == [0])
        event.drain()
        #expect(try wait(for: [.input(event.descriptor)], until: .now) == [])
        event.drain()
        event.signal()
        #expect(try wait(for: [.input(event.descriptor)], until: .now) == [0])
    }

    @Test("ends another thread's wait that has no deadline")
    func wakes() throws {
        let event = try EventDescriptor()
        Thread.detachNewThread { event.signal() }
        #expect(try wait(for: [.input(event.descriptor)]) == [0])
    }
}

@Suite("A mailbox", .timeLimit(.minutes(5)))
struct MailboxTests {
    @Test("is ready from a message until all are taken, and gives them in order, once")
    func order() throws {
        let mailbox = try Mailbox<Int>()
        #expect(try wait(for: [.input(mailbox.descriptor)], until: .now) == [])
        for number in 1...3 { mailbox.post(number) }
        #expect(try wait(for: [.input(mailbox.descriptor)], until: .now) == [0])
        #expect(mailbox.takeAll() == [1, 2, 3])
        #expect(try wait(for: [.input(mailbox.descriptor)], until: .now) == [])
        #expect(mailbox.takeAll() == [])
    }

    @Test("lets a sender keep a bound")
    func bound() throws {
        let mailbox = try Mailbox<Int>()
        for number in 1...100 { mailbox.update { if $0.count < 2 { $0.append(number) } } }
        #expect(mailbox.takeAll() == [1, 2])
    }

    @Test("loses nothing of several threads")
    func threads() throws {
        let mailbox = try Mailbox<Int>()
        for thread in 0..<4 {
            Thread.detachNewThread { for number in 0..<1000 { mailbox.post(thread * 1000 + number) } }
        }
        var taken: [Int] = []
        while taken.count < 4000 {
            try #require(wait(for: [.input(mailbox.descriptor)], until: .now + .seconds(60)) == [0])
            taken += mailbox.takeAll()
        }
        #expect(taken.sorted() == Array(0..<4000))
        for thread in 0..<4 {
            let own = taken.filter { $0 / 1000 == thread }
            #expect(own == own.sorted())
        }
    }
}
