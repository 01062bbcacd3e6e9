import TCPSockets
import Testing

@Suite("A socket", .timeLimit(.minutes(5)))
struct SocketTests {
    @Test("that is dropped without close() stops the program")
    func leak() async {
        await #expect(processExitsWith: .failure) {
            let socket = try TCPSocket(.v4)
            _ = socket.descriptor
        }
    }

    @Test("that is closed or abandoned does not")
    func noLeak() async {
        await #expect(processExitsWith: .success) {
            try TCPSocket(.v4).close()
            try TCPSocket(.v4).abandon()
            _ = try TCPSocket(.v4).close(.active)
            _ = try TCPSocket(.v4).close(.abandon)
            // Closed, although the strategy cannot be carried out without a connection.
            _ = try? TCPSocket(.v4).close(.halfClose)
        }
    }

    @Test("carries bytes in both directions, and knows both ends", arguments: IPAddress.Family.here)
    func conversation(_ family: IPAddress.Family) throws {
        let pair = try Pair(family)
        #expect(try pair.client.use { try $0.remoteEndpoint() } == pair.serverEnd)
        #expect(try pair.server.use { try $0.remoteEndpoint() } == pair.clientEnd)
        try pair.client.send("ask")
        try pair.client.use { try $0.shutdownSending() }
        #expect(try pair.server.readToEnd() == ("ask", .fin))
        try pair.server.send("answer")
        try pair.server.close()
        #expect(try pair.client.readToEnd() == ("answer", .fin))
    }

    @Test("does not block: without data recv says so, without a connection accept gives none")
    func nonBlocking() throws {
        let pair = try Pair()
        var buffer = [UInt8](repeating: 0, count: 8)
        #expect(try pair.client.use { try $0.receive(into: &buffer) } == .wouldBlock)
        #expect(try pair.listener.acceptWaiting() == nil)
    }

    @Test("leaves in the receive queue what is peeked at or not asked for")
    func peek() throws {
        let pair = try Pair()
        try pair.server.send("abc")
        try pair.client.awaitArrival(of: 3)
        var buffer = [UInt8](repeating: 0, count: 8)
        #expect(try pair.client.use { try $0.receive(into: &buffer, count: 2) } == .bytes(2))
        #expect(try pair.client.use { try $0.receive(into: &buffer, peek: true) } == .bytes(1))
        #expect(try pair.client.use { try $0.receive(into: &buffer) } == .bytes(1))
        #expect(Array(buffer[..<2]) == Array("cb".utf8))
    }

    @Test("gives the peer's address with an accepted connection", arguments: IPAddress.Family.here)
    func acceptedPeer(_ family: IPAddress.Family) throws {
        let listener = try Listener(family)
        let client = try Held(family)
        try client.connect(to: listener.endpoint)
        try #require(try wait(for: [.input(listener.descriptor)], until: soon) == [0])
        let (_, peer) = try #require(try listener.acceptWaiting())
        #expect(try peer == client.localEndpoint)
    }

    @Test("goes through the states of RFC 9293")
    func states() throws {
        let fresh = try Held()
        #expect(try fresh.state == .closed)
        let pair = try Pair()
        #expect(try pair.client.state == .established)
        try pair.client.use { try $0.shutdownSending() }
        try #require(try wait(for: [.peerClosed(pair.server.descriptor)], until: soon) == [0])
        #expect(try pair.server.state == .closeWait)
        let half = Sides(client: .finWait2, server: .closeWait)
        #expect(try pair.states(settledAt: half) == half)
        #expect(try pair.client.state == .finWait2)
    }

    @Test("lives as long as its last descriptor")
    func duplicate() throws {
        let pair = try Pair()
        let second = Held(try pair.client.use { try $0.duplicate() })
        try pair.client.close()
        #expect(try second.state == .established)
        try second.send("still here")
        try second.close()
        #expect(try pair.server.readToEnd() == ("still here", .fin))
    }

    @Test("that the peer has reset gives EPIPE, and not a signal, upon the next send")
    func brokenPipe() throws {
        let pair = try Pair()
        _ = try pair.server.close(.reset)
        #expect(try pair.client.readToEnd().end == .reset)
        #expect(throws: SocketError(.send, .brokenPipe)) { try pair.client.send("too late") }
    }
}
