import TCPSockets
import Testing

@Suite("A poller", .timeLimit(.minutes(5)))
struct PollerTests {
    /// What a poller that watches one socket sees once something has happened to it.
    private func readiness(of socket: Held, for interest: Poller.Interest) throws -> Poller.Readiness {
        var poller = try Poller()
        try poller.add(socket.descriptor, for: interest, token: 7)
        try #require(try poller.wait() == 1)
        #expect(poller[0].token == 7)
        return poller[0].readiness
    }

    @Test("finds a connection writable, and readable once something has come")
    func readable() throws {
        let pair = try Pair()
        #expect(try readiness(of: pair.client, for: [.readable, .writable]) == .writable)
        try pair.server.send("x")
        try pair.client.awaitArrival(of: 1)
        #expect(try readiness(of: pair.client, for: [.readable, .writable]) == [.readable, .writable])
        #expect(try readiness(of: pair.client, for: .readable) == .readable)
    }

    @Test("tells the peer's FIN from the end of both directions, and from a reset")
    func ends() throws {
        let pair = try Pair()
        try pair.server.use { try $0.shutdownSending() }
        try #require(try wait(for: [.peerClosed(pair.client.descriptor)], until: soon) == [0])
        let interest: Poller.Interest = [.readable, .peerClosed]
        #expect(try readiness(of: pair.client, for: interest) == [.readable, .peerClosed])
        try pair.client.use { try $0.shutdownSending() }
        #expect(try readiness(of: pair.client, for: interest) == [.readable, .peerClosed, .hungUp])

        let other = try Pair()
        _ = try other.server.close(.reset)
        try #require(try wait(for: [.peerClosed(other.client.descriptor)], until: soon) == [0])
        #expect(try readiness(of: other.client, for: interest) == [.readable, .peerClosed, .hungUp, .failed])
    }

    @Test(
        "tells of a change once where it is edge-triggered, and as long as it lasts elsewhere",
        arguments: [true, false])
    func edge(_ isEdgeTriggered: Bool) throws {
        let pair = try Pair()
        try pair.server.send("x")
        try pair.client.awaitArrival(of: 1)
        var poller = try Poller()
        let interest: Poller.Interest = isEdgeTriggered ? [.readable, .edgeTriggered] : .readable
        try poller.add(pair.client.descriptor, for: interest, token: 1)
        #expect(try poller.wait(mayBlock: false) == 1)
        #expect(try poller.wait(mayBlock: false) == (isEdgeTriggered ? 0 : 1))
        try pair.server.send("y")
        try pair.client.awaitArrival(of: 2)
        #expect(try poller.wait(mayBlock: false) == 1)
    }

    @Test("watches for what it was told last, and no longer than it was told to")
    func change() throws {
        let pair = try Pair()
        var poller = try Poller()
        try poller.add(pair.client.descriptor, for: .readable, token: 1)
        #expect(try poller.wait(mayBlock: false) == 0)
        try poller.change(pair.client.descriptor, for: .writable, token: 2)
        #expect(try poller.wait(mayBlock: false) == 1)
        #expect(poller[0].token == 2 && poller[0].readiness == .writable)
        try poller.remove(pair.client.descriptor)
        #expect(try poller.wait(mayBlock: false) == 0)
        #expect(throws: SocketError(.epollControl, .noEntry)) { try poller.remove(pair.client.descriptor) }
    }

    @Test("brings no more events at once than it has room for, and loses none")
    func capacity() throws {
        let pairs = try (0..<3).map { _ in try Pair() }
        var poller = try Poller(capacity: 2)
        for (index, pair) in pairs.enumerated() {
            try poller.add(pair.client.descriptor, for: [.writable, .edgeTriggered], token: UInt64(index))
        }
        var tokens: Set<Poller.Token> = []
        #expect(try poller.wait(mayBlock: false) == 2)
        for index in 0..<2 { tokens.insert(poller[index].token) }
        #expect(try poller.wait(mayBlock: false) == 1)
        tokens.insert(poller[0].token)
        #expect(tokens == [0, 1, 2])
    }

    @Test("gives its timers in the order of their instants, each once and none too early")
    func timers() throws {
        var poller = try Poller()
        let now = Moment.now
        for (token, seconds) in [(1, 30), (2, 10), (3, 20), (4, 40)] as [(Poller.Token, Int)] {
            poller.schedule(token, at: now + .seconds(seconds))
        }
        #expect(poller.nextDue(at: now) == nil)
        let later = now + .seconds(30)
        #expect([poller.nextDue(at: later), poller.nextDue(at: later), poller.nextDue(at: later)] == [2, 3, 1])
        #expect(poller.nextDue(at: later) == nil)
        #expect(poller.nextDue(at: now + .seconds(40)) == 4)
        #expect(poller.nextDue(at: now + .seconds(999)) == nil)
    }

    @Test("ends its wait when the first timer is due, and not before")
    func timeout() throws {
        var poller = try Poller()
        let due = Moment.now + .milliseconds(20)
        poller.schedule(1, at: due + .seconds(50))
        poller.schedule(2, at: due)
        #expect(try poller.wait() == 0)
        let now = Moment.now
        #expect(now >= due)
        #expect(poller.nextDue(at: now) == 2)
        #expect(poller.nextDue(at: now) == nil)
    }
}
