import TCPSockets
import Testing

@testable import ChatServer

@Suite("The operator's inbox", .timeLimit(.minutes(5)))
struct OperatorInboxTests {
    private let first = QuestionQueue.Entry(
        asker: .init(loop: 0, connection: 1), client: Endpoint(.loopbackV4, port: 1), question: "first")
    private let second = QuestionQueue.Entry(
        asker: .init(loop: 0, connection: 2), client: Endpoint(.loopbackV4, port: 2), question: "second")

    @Test("is ready after each question that comes or goes, and tells each once")
    func events() throws {
        let inbox = try OperatorInbox()
        #expect(inbox.arrive(first) == nil)
        #expect(inbox.arrive(second) == nil)
        inbox.withdraw(first.asker)
        #expect(try wait(for: [.input(inbox.descriptor)], until: .now) == [0])
        #expect(inbox.takeEvents().map(words) == ["first, 1 waiting", "second, 2 waiting", "first gone"])
        #expect(try wait(for: [.input(inbox.descriptor)], until: .now) == [])
        #expect(inbox.takeEvents().isEmpty)
        #expect(inbox.current == second)
        #expect(inbox.takeCurrent() == second)
        #expect(inbox.current == nil)
    }

    private func entry(_ number: UInt16) -> QuestionQueue.Entry {
        QuestionQueue.Entry(
            asker: .init(loop: 0, connection: UInt64(number)), client: Endpoint(.loopbackV4, port: number),
            question: "question \(number)")
    }

    @Test("does not grow by what comes and goes while the operator does not look")
    func flood() throws {
        let inbox = try OperatorInbox()
        #expect(inbox.arrive(entry(1)) == nil)
        #expect(inbox.takeEvents().count == 1)
        for number in 2...1000 {
            #expect(inbox.arrive(entry(UInt16(number))) == nil)
            inbox.withdraw(entry(UInt16(number)).asker)
        }
        inbox.withdraw(entry(1).asker)
        let events = inbox.takeEvents()
        #expect(events.count <= 101)
        guard case .withdrawn(let gone) = events.last else {
            Issue.record("that the first one has gone is not told")
            return
        }
        #expect(gone == entry(1))
    }

    @Test("says nothing of a client that had no question there")
    func stranger() throws {
        let inbox = try OperatorInbox()
        inbox.withdraw(first.asker)
        #expect(inbox.takeEvents().isEmpty)
    }

    @Test("hands its questions back when it closes, and refuses later ones with the reason")
    func close() throws {
        let inbox = try OperatorInbox()
        _ = inbox.arrive(first)
        #expect(inbox.close(because: "the operator left") == [first])
        #expect(inbox.current == nil)
        #expect(inbox.arrive(second) == "the operator left")
        #expect(inbox.current == nil)
    }

    private func words(_ events: OperatorInbox.Event) -> String {
        switch events {
        case .arrived(let entry, let waiting): "\(entry.question), \(waiting) waiting"
        case .withdrawn(let entry): "\(entry.question) gone"
        }
    }
}
