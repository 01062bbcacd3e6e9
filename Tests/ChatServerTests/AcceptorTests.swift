import TCPSockets
import Testing

@testable import ChatServer

@Suite("A burst of accepts", .timeLimit(.minutes(5)))
struct AcceptBurstTests {
    /// How many are tried where so many wait.
    private func tries(_ burst: inout AcceptBurst, waiting: Int) -> Int {
        var (left, tries) = (waiting, 0)
        while burst.goesOn {
            tries += 1
            guard left > 0 else { break }
            left -= 1
            burst.accepted()
        }
        burst.end()
        return tries
    }

    @Test("tries one, twice as many as long as so many come, and no more than came after that")
    func adapts() {
        var burst = AcceptBurst()
        #expect((0..<8).map { _ in tries(&burst, waiting: 1000) } == [1, 2, 4, 8, 16, 32, 64, 64])
        #expect(tries(&burst, waiting: 10) == 11)
        #expect(tries(&burst, waiting: 10) == 10)
        #expect(tries(&burst, waiting: 0) == 1)
        #expect(tries(&burst, waiting: 1) == 1)
    }
}

@Suite("An acceptor", .timeLimit(.minutes(5)))
struct AcceptorTests {
    private let listener = try? ListeningSocket()

    /// Takes the clients of one burst.
    private func ports(_ acceptor: inout Acceptor) throws -> [UInt16] {
        var ports: [UInt16] = []
        while let arrival = try acceptor.next() {
            ports.append(arrival.client.port)
            try arrival.takeSocket().close()
        }
        return ports
    }

    @Test("takes the clients that wait in their order, in bursts")
    func accepts() throws {
        let listener = try #require(listener)
        var acceptor = Acceptor(try listener.take())
        let clients = try (0..<4).map { _ in try Client(to: listener.endpoint) }
        let bursts = try (0..<4).map { _ in try ports(&acceptor) }
        #expect(bursts.map(\.count) == [1, 2, 1, 0])
        #expect(bursts.flatMap { $0 } == clients.map(\.endpoint.port))
        acceptor.stop(try Poller())
    }

    @Test("is told of by the poller, not while it pauses, and again after that")
    func pauses() throws {
        let listener = try #require(listener)
        var acceptor = Acceptor(try listener.take())
        var poller = try Poller()
        let client = try Client(to: listener.endpoint)
        try acceptor.watch(poller)
        #expect(try poller.wait() == 1)
        let token = poller[0].token
        #expect(token == LoopToken.listener)

        let now = Moment.now
        acceptor.pause(&poller, now: now)
        #expect(try poller.wait(mayBlock: false) == 0)
        let due1 = poller.nextDue(at: now)
        #expect(due1 == nil)
        let due2 = poller.nextDue(at: now + .milliseconds(100))
        #expect(due2 == LoopToken.acceptAgain)

        try acceptor.watch(poller)
        #expect(try poller.wait() == 1)
        #expect(try ports(&acceptor) == [client.endpoint.port])
        acceptor.stop(poller)
    }

    @Test("takes one client with the descriptor that it held in reserve")
    func spare() throws {
        let listener = try #require(listener)
        var acceptor = Acceptor(try listener.take())
        let client = try Client(to: listener.endpoint)
        for _ in 0..<2 { acceptor.reserveDescriptor() }
        var port: UInt16?
        if let arrival = acceptor.acceptOnSpareDescriptor() {
            port = arrival.client.port
            try arrival.takeSocket().close()
        }
        #expect(port == client.endpoint.port)
        acceptor.reserveDescriptor()
        acceptor.stop(try Poller())
    }

    @Test("takes nobody once it has stopped, and the port is free")
    func stops() throws {
        let listener = try #require(listener)
        var acceptor = Acceptor(try listener.take())
        let poller = try Poller()
        try acceptor.watch(poller)
        acceptor.stop(poller)
        #expect(try ports(&acceptor) == [])
        #expect(throws: SocketError.self) { try Client(to: listener.endpoint) }
    }
}
