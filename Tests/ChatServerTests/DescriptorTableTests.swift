import TCPSockets
import Testing

@testable import ChatServer

@Suite("A table by descriptor and generation", .timeLimit(.minutes(5)))
struct DescriptorTableTests {
    private final class Object {}

    private var table = DescriptorTable<Object>()

    private mutating func insert(_ descriptor: CInt) -> (token: Poller.Token, object: Object) {
        let (token, object) = (table.nextToken(for: descriptor), Object())
        table.insert(object, token: token)
        return (token, object)
    }

    @Test("finds each object under its token, and nothing under others")
    mutating func finds() {
        let (first, second) = (insert(3), insert(700))
        #expect(table[first.token] === first.object)
        #expect(table[second.token] === second.object)
        #expect(table[first.token + 1] == nil)
        #expect(table[0] == nil)
        #expect(table[.max] == nil)
        #expect(table.count == 2)
        #expect(table.all.count == 2)
    }

    @Test("does not take the next owner of a descriptor for the one before")
    mutating func generations() {
        let before = insert(5)
        table.remove(before.token)
        #expect(table[before.token] == nil)
        #expect(table.count == 0)
        let after = insert(5)
        #expect(after.token != before.token)
        #expect(table[before.token] == nil)
        table.remove(before.token)
        #expect(table[after.token] === after.object)
        #expect(table.count == 1)
    }

    @Test("gives tokens that differ from those of the loop, also with its marks")
    mutating func tokens() {
        let tokens = (0..<1000).map { table.nextToken(for: $0) }
        #expect(Set(tokens).count == 1000)
        #expect(tokens.allSatisfy { $0 > UInt64(UInt32.max) && $0 & (LoopToken.coProcess | LoopToken.probe) == 0 })
    }
}
