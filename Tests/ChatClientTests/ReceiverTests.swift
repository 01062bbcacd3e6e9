import ChatProtocol
import Glibc
import TCPSockets
import Testing

@testable import ChatClient

@Suite("What a client takes out of its receive queue", .timeLimit(.minutes(5)))
struct ReceiverTests {
    private let link: Link
    private let answer = Frame.bytes(of: .answer("one"))

    init() throws {
        link = try Link()
    }

    private func reception(_ receiver: inout Receiver, due: Int) throws -> Receiver.Reception {
        try link.receive { socket throws(SocketError) in try receiver.receive(socket, answersDue: due) }
    }

    @Test("Plainly, it is everything, as messages")
    func plain() throws {
        var receiver = Receiver(holdsBack: false, limit: 65_536)
        try link.send(answer + Frame.bytes(of: .padding(3)) + [0])
        let reception = try reception(&receiver, due: 1)
        #expect(reception.messages == [.answer("one"), .padding(3)])
        #expect(reception.violation == nil)
        #expect(!reception.isEndOfStream)
        #expect(!receiver.isAtBoundary)
        #expect(link.unread == 0)
    }

    @Test("What breaks the protocol is told beside the messages before it", arguments: [false, true])
    func violation(holdsBack: Bool) throws {
        var receiver = Receiver(holdsBack: holdsBack, limit: 65_536)
        try link.send(answer + [0, 0, 0, 9, 8])
        let reception = try reception(&receiver, due: 2)
        #expect(reception.messages == [.answer("one")])
        #expect(reception.violation == .unknownKind(8))
    }

    @Test("Holding back, one byte of the answer stays, until the next answer is due")
    func oneByte() throws {
        var receiver = Receiver(holdsBack: true, limit: 65_536)
        for _ in 1...2 {
            try link.send(answer)
            #expect(try reception(&receiver, due: 1).messages == [.answer("one")])
            #expect(link.unread == 1)
            try link.receive { socket throws(SocketError) in try receiver.answerIsDue(socket) }
            #expect(link.unread == 0)
        }
    }

    @Test("Holding back, padding behind the answer stays whole, and is passed over before the next answer")
    func padding() throws {
        var receiver = Receiver(holdsBack: true, limit: 65_536)
        let padding = Frame.bytes(of: .padding(10))
        try link.send(answer + padding)
        #expect(try reception(&receiver, due: 1).messages == [.answer("one")])
        #expect(link.unread == padding.count)
        try link.receive { socket throws(SocketError) in try receiver.answerIsDue(socket) }
        #expect(link.unread == padding.count)
        try link.send(answer)
        #expect(try reception(&receiver, due: 1).messages == [.padding(10), .answer("one")])
        #expect(link.unread == 1)
    }

    @Test("An answer in pieces is one answer", arguments: [false, true], 1..<8)
    func pieces(holdsBack: Bool, cut: Int) throws {
        var receiver = Receiver(holdsBack: holdsBack, limit: 65_536)
        try link.send(Array(answer[..<cut]))
        #expect(try reception(&receiver, due: 1).messages == [])
        #expect(!receiver.isAtBoundary)
        try link.send(Array(answer[cut...]))
        #expect(try reception(&receiver, due: 1).messages == [.answer("one")])
        #expect(receiver.isAtBoundary)
        #expect(link.unread == (holdsBack ? 1 : 0))
    }
}
