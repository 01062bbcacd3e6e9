import TCPSockets
import Testing

@testable import ChatServer

@Suite("What threads tell one another", .timeLimit(.minutes(5)))
struct ThreadTests {
    @Test("Notices are bounded, and say that some were left out")
    func notices() throws {
        let notices = try Notices()
        for number in 1...3 { notices.post("\(number)") }
        #expect(try wait(for: [.input(notices.descriptor)], until: .now) == [0])
        #expect(notices.takeAll() == ["1", "2", "3"])
        for number in 1...5000 { notices.post("\(number)") }
        let lines = notices.takeAll()
        #expect(lines.count == Notices.mostLines)
        #expect(lines.suffix(2) == ["999", "… more lines were left out"])
    }

    @Test("The end of each loop is told, and when all have ended")
    func loops() throws {
        let count = try LoopCount()
        for _ in 0..<2 { count.began() }
        #expect(try wait(for: [.input(count.descriptor)], until: .now) == [])
        count.ended()
        #expect(try wait(for: [.input(count.descriptor)], until: .now) == [0])
        #expect(!count.isZero)
        count.drain()
        #expect(try wait(for: [.input(count.descriptor)], until: .now) == [])
        count.ended()
        #expect(count.isZero)
    }
}
