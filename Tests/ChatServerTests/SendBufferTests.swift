import ChatProtocol
import Testing

@testable import ChatServer

@Suite("A send buffer", .timeLimit(.minutes(5)))
struct SendBufferTests {
    private func append(_ bytes: [UInt8], to buffer: inout SendBuffer) {
        bytes.withUnsafeBytes { buffer.append($0) }
    }

    @Test("holds what was appended, in order, and nothing after it was emptied")
    func order() {
        var buffer = SendBuffer(keptCapacity: 10_000)
        let before = Array(buffer.bytes)
        #expect(before == [])
        append([1, 2], to: &buffer)
        buffer.append(.answer("one"))
        let expected = [1, 2] + Frame.bytes(of: .answer("one"))
        let bytes = Array(buffer.bytes)
        #expect(bytes == expected)
        let count = buffer.count
        #expect(count == expected.count)
        buffer.removeAll()
        let after = Array(buffer.bytes)
        #expect(after == [])
    }

    @Test("makes the same frames as the protocol", arguments: [0, 1, 4000, 300_000])
    func frames(length: Int) {
        var buffer = SendBuffer(keptCapacity: 10_000)
        let text = String(repeating: "a", count: length)
        Array(text.utf8).withUnsafeBytes { buffer.append(answer: $0) }
        buffer.append(padding: length)
        let bytes = Array(buffer.bytes)
        #expect(bytes == Frame.bytes(of: .answer(text)) + Frame.bytes(of: .padding(length)))
    }

    @Test("puts bytes before all others", arguments: [0, 1, 9000])
    func prepend(count: Int) {
        let first = [UInt8](repeating: 7, count: count)
        var buffer = SendBuffer(keptCapacity: 10_000)
        append([1, 2, 3], to: &buffer)
        buffer.prepend(first)
        let bytes = Array(buffer.bytes)
        #expect(bytes.count == count + 3)
        #expect(bytes == first + [1, 2, 3])
    }

    @Test("is as good as new after it was large")
    func shrinks() {
        var buffer = SendBuffer(keptCapacity: 10_000)
        append([UInt8](repeating: 9, count: 1_000_000), to: &buffer)
        buffer.removeAll()
        append([1], to: &buffer)
        let bytes = Array(buffer.bytes)
        #expect(bytes == [1])
    }
}
