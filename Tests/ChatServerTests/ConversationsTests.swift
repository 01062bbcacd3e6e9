import ChatProtocol
import TCPSockets
import Testing

@testable import ChatServer

@Suite("Conversations", .timeLimit(.minutes(5)))
struct ConversationsTests {
    /// A client that has been let in, or turned away.
    private func client(of service: Service, _ first: Message...) throws -> Client {
        let client = try Client(to: service.endpoint)
        for message in first { try client.send(message) }
        try service.step()
        return client
    }

    @Test("answer questions that came with the handshake, in order, and close upon exit")
    func echo() throws {
        let service = try Service()
        let client = try client(of: service, .question("one"), .question("two"))
        #expect(try client.received() == [.answer("one"), .answer("two")])
        #expect(!client.hasEnded && service.isBusy)
        try client.send(.question("three"))
        try service.step()
        #expect(try client.received() == [.answer("three")])
        try client.send(.exit)
        try service.step()
        #expect(try client.received() == [])
        #expect(client.hasEnded && !service.isBusy)
    }

    @Test("answer each of several clients")
    func several() throws {
        let service = try Service()
        let clients = try (0..<3).map { _ in try client(of: service) }
        for (number, client) in clients.enumerated() {
            try client.send(.question("\(number)"))
            try service.step()
        }
        #expect(try clients.map { try $0.received() } == [[.answer("0")], [.answer("1")], [.answer("2")]])
    }

    @Test("tell a client that is one too many, and let the next one in when another has gone")
    func busy() throws {
        let service = try Service { $0.maximumClients = 1 }
        let first = try client(of: service)
        let second = try client(of: service, .question("?"))
        #expect(try second.received() == [.error(.busy, "1 client is being served")])
        #expect(second.hasEnded)
        second.close()
        try service.step()
        first.close()
        try service.step()
        let third = try client(of: service, .question("!"))
        #expect(try third.received() == [.answer("!")])
    }

    @Test("refuse what breaks the protocol")
    func violation() throws {
        let service = try Service()
        let client = try client(of: service, .answer("?"))
        guard case .error(.outOfPlace, _) = try client.received().first else {
            Issue.record("an answer from a client was taken")
            return
        }
        #expect(client.hasEnded)
    }

    @Test("tell a client that is silent for too long, and only then")
    func idle() throws {
        let service = try Service { $0.idleTimeout = .seconds(10) }
        let silent = try client(of: service)
        service.sweep(after: .seconds(5))
        #expect(try silent.received() == [])
        let late = try client(of: service)
        service.sweep(after: .seconds(5))
        #expect(try silent.received() == [.error(.idleTooLong, "no question came in time")])
        #expect(try late.received() == [])
    }

    @Test("read what a client has said before they call it silent")
    func heldUp() throws {
        let service = try Service { $0.idleTimeout = .seconds(10) }
        let client = try client(of: service)
        try client.send(.question("in time"))
        service.sweep(after: .seconds(100))
        #expect(try client.received() == [.answer("in time")])
    }

    @Test("end when the server does: clients without a question are told, and the last FIN is waited for")
    func drain() throws {
        let service = try Service()
        let client = try client(of: service)
        service.drain()
        #expect(try client.received() == [.error(.shuttingDown, "no more questions are accepted")])
        #expect(client.hasEnded && service.isBusy)
        client.close()
        try service.step()
        #expect(!service.isBusy)
    }

    @Test("tell who waits for an answer when the time for draining is over")
    func endDraining() throws {
        let service = try Service { $0.answering = .operatorAtKeyboard }
        let client = try client(of: service, .question("?"))
        service.drain()
        #expect(try client.received() == [])
        service.endDraining()
        #expect(try client.received() == [.error(.shuttingDown, "the answer did not come in time")])
        #expect(client.hasEnded && !service.isBusy)
    }

    @Test("send FIN behind the last answer, and wait with --linger until it is acknowledged")
    func linger() throws {
        let service = try Service { $0.lingerSeconds = 5 }
        let client = try client(of: service, .question("last"), .exit)
        #expect(try client.received() == [.answer("last")])
        #expect(client.hasEnded)
        // The client's kernel may keep the last acknowledgement back for a moment.
        for _ in 0..<1000 where service.isBusy { try service.step() }
        #expect(!service.isBusy)
    }
}
