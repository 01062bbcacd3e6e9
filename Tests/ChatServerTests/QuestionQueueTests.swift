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
