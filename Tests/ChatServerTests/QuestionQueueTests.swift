import TCPSockets
import Testing

@testable import ChatServer

@Suite("The operator's queue", .timeLimit(.minutes(5)))
struct QuestionQueueTests {
    private func entry(_ number: UInt16, loop: Int = 0) -> QuestionQueue.Entry {
        QuestionQueue.Entry(
            asker: .init(loop: loop, connection: UInt64(number)), client: Endpoint(.loopbackV4, port: number),
            question: "question \(number)")
    }

    @Test("gives the oldest question first")
    func order() {
        var queue = QuestionQueue()
        #expect(queue.current == nil)
        for number in 1...3 { queue.arrive(entry(UInt16(number))) }
        for number in 1...3 {
            #expect(queue.current == entry(UInt16(number)))
            #expect(queue.takeCurrent() == entry(UInt16(number)))
        }
        #expect(queue.takeCurrent() == nil)
    }

    @Test("gives back the question of a client that has gone, and keeps the order of the others")
    func withdraw() {
        var queue = QuestionQueue()
        for number in 1...3 { queue.arrive(entry(UInt16(number))) }
        #expect(queue.withdraw(entry(2).asker) == entry(2))
        #expect(queue.withdraw(entry(2).asker) == nil)
        #expect(queue.entries == [entry(1), entry(3)])
    }

    @Test("does not grow by what comes and goes while the operator does not look")
    func news() throws {
        let desk = try OperatorDesk()
        #expect(desk.arrive(entry(1)) == nil)
        #expect(desk.takeNews().count == 1)
        for number in 2...1000 {
            #expect(desk.arrive(entry(UInt16(number))) == nil)
            desk.withdraw(entry(UInt16(number)).asker)
        }
        desk.withdraw(entry(1).asker)
        let news = desk.takeNews()
        #expect(news.count <= 101)
        guard case .withdrawn(let gone) = news.last else {
            Issue.record("that the first one has gone is not told")
            return
        }
        #expect(gone == entry(1))
    }

    @Test("takes the next question when the current one's client has gone")
    func withdrawCurrent() {
        var queue = QuestionQueue()
        for number in 1...2 { queue.arrive(entry(UInt16(number))) }
        #expect(queue.withdraw(entry(1).asker) == entry(1))
        #expect(queue.current == entry(2))
    }

    @Test("does not mistake the connections of two loops")
    func loops() {
        var queue = QuestionQueue()
        queue.arrive(entry(1, loop: 0))
        queue.arrive(entry(1, loop: 1))
        #expect(queue.withdraw(entry(1, loop: 1).asker) == entry(1, loop: 1))
        #expect(queue.current == entry(1, loop: 0))
    }
}

@Suite("The operator's desk", .timeLimit(.minutes(5)))
struct OperatorDeskTests {
    private let first = QuestionQueue.Entry(
        asker: .init(loop: 0, connection: 1), client: Endpoint(.loopbackV4, port: 1), question: "first")
    private let second = QuestionQueue.Entry(
        asker: .init(loop: 0, connection: 2), client: Endpoint(.loopbackV4, port: 2), question: "second")

    @Test("rings for each arrival and departure, and tells each once")
    func news() throws {
        let desk = try OperatorDesk()
        #expect(desk.arrive(first) == nil)
        #expect(desk.arrive(second) == nil)
        desk.withdraw(first.asker)
        #expect(try wait(for: [.input(desk.wakeup.descriptor)], until: .now) == [0])
        #expect(desk.takeNews().map(words) == ["first, 1 waiting", "second, 2 waiting", "first gone"])
        #expect(try wait(for: [.input(desk.wakeup.descriptor)], until: .now) == [])
        #expect(desk.takeNews().isEmpty)
        #expect(desk.current == second)
        #expect(desk.takeCurrent() == second)
        #expect(desk.current == nil)
    }

    @Test("says nothing of a client that had no question there")
    func stranger() throws {
        let desk = try OperatorDesk()
        desk.withdraw(first.asker)
        #expect(desk.takeNews().isEmpty)
    }

    @Test("hands its questions back when it closes, and refuses later ones with the reason")
    func close() throws {
        let desk = try OperatorDesk()
        _ = desk.arrive(first)
        #expect(desk.close(because: "the operator left") == [first])
        #expect(desk.current == nil)
        #expect(desk.arrive(second) == "the operator left")
        #expect(desk.current == nil)
    }

    private func words(_ news: OperatorDesk.News) -> String {
        switch news {
        case .arrived(let entry, let waiting): "\(entry.question), \(waiting) waiting"
        case .withdrawn(let entry): "\(entry.question) gone"
        }
    }
}
