import TCPSockets
import Testing

/// What a way of closing does to both sides.
struct Fate: CustomTestStringConvertible {
    let strategy: CloseStrategy
    let peerSees: StreamEnd
    let left: Sides

    var testDescription: String { strategy.rawValue }
}

@Suite("Closing while the peer is silent", .timeLimit(.minutes(5)))
struct CloseStrategyTests {
    private static let clientWaits = Sides(client: .timeWait)

    static let fates = [
        Fate(strategy: .active, peerSees: .fin, left: clientWaits),
        Fate(strategy: .delay, peerSees: .fin, left: clientWaits),
        Fate(strategy: .passive, peerSees: .fin, left: clientWaits),
        Fate(strategy: .halfClose, peerSees: .fin, left: clientWaits),
        Fate(strategy: .linger, peerSees: .fin, left: clientWaits),
        Fate(strategy: .dontLinger, peerSees: .fin, left: clientWaits),
        Fate(strategy: .reset, peerSees: .reset, left: .none),
        Fate(strategy: .unread, peerSees: .fin, left: clientWaits),
        Fate(strategy: .disconnect, peerSees: .reset, left: .none),
    ]

    @Test("every strategy that a living process can use has its fate here")
    func complete() {
        #expect(Set(Self.fates.map(\.strategy)) == Set(CloseStrategy.allCases).subtracting([.abandon]))
    }

    @Test(
        "the peer sees FIN or RST, and who closed first by FIN holds TIME-WAIT",
        arguments: fates, IPAddress.Family.here)
    func silentPeer(_ fate: Fate, _ family: IPAddress.Family) throws {
        let pair = try Pair(family)
        try pair.client.send("last words")
        // The peer has them, so that a reset is one with nothing on its way.
        try pair.server.awaitArrival(of: 10)
        let closing = try pair.client.close(
            fate.strategy, times: CloseTimes(delay: .milliseconds(1), timeout: .milliseconds(1)))
        #expect(closing.strategy == fate.strategy)
        #expect(closing.wait == (fate.strategy.awaitsPeer ? .timedOut : .none))
        #expect(closing.closeError == nil)
        #expect(try pair.server.readToEnd().end == fate.peerSees)
        if fate.strategy != .unread { #expect(fate.strategy.isAbortive == (fate.peerSees == .reset)) }
        try pair.server.close()
        #expect(try pair.states(settledAt: fate.left) == fate.left)
    }

    @Test(
        "with unread data the kernel sends RST whatever the strategy, and nobody holds TIME-WAIT",
        arguments: [
            CloseStrategy.unread, .active, .dontLinger, .linger,
        ])
    func unreadData(_ strategy: CloseStrategy) throws {
        let pair = try Pair()
        try pair.server.send("never read")
        try pair.client.awaitArrival(of: 10)
        _ = try pair.client.close(strategy)
        #expect(try pair.server.readToEnd().end == .reset)
        try pair.server.close()
        #expect(try pair.states(settledAt: .none) == .none)
    }

    @Test("abandon leaves the descriptor open and the connection established")
    func abandon() throws {
        let pair = try Pair()
        let descriptor = pair.client.descriptor
        #expect(try pair.client.close(.abandon).closeDuration == .zero)
        let kept = Held(TCPSocket(owning: descriptor))
        #expect(try kept.state == .established)
        #expect(try kept.localEndpoint == pair.clientEnd)
        #expect(try pair.states == Sides(client: .established, server: .established))
        // What the end of the process does instead.
        try kept.close()
        #expect(try pair.server.readToEnd().end == .fin)
        try pair.server.close()
        #expect(try pair.states(settledAt: Self.clientWaits) == Self.clientWaits)
    }

    @Test("half-close without a connection, such as after a RST, says so and closes all the same")
    func halfCloseOfNothing() throws {
        let socket = try Held()
        let watch = try Poller()
        try watch.add(socket.descriptor, for: .readable, token: 1)
        #expect(try socket.close(.halfClose).wait == .peerReset(.notConnected))
        // A poller forgets a descriptor by itself only when it is closed.
        #expect(throws: (any Error).self) { try watch.remove(socket.descriptor) }
    }
}
