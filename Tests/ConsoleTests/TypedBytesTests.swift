import Glibc
import Testing

@testable import Console

@Suite("Bytes from a keyboard", .timeLimit(.minutes(5)))
struct TypedBytesTests {
    /// What Readline gets of bytes that are typed at once, and whether something was replaced.
    private func received(_ typed: [UInt8]) throws -> (text: String, wasReplaced: Bool) {
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        try #require(write(ends[1], typed, typed.count) == typed.count)
        close(ends[1])
        var bytes = TypedBytes(descriptor: ends[0])
        var received: [UInt8] = []
        while case let byte = bytes.next({ read(ends[0]) }), let byte = UInt8(exactly: byte) { received.append(byte) }
        return (String(decoding: received, as: UTF8.self), bytes.takeWasReplaced())
    }

    private func read(_ descriptor: CInt) -> CInt {
        var byte: UInt8 = 0
        return Glibc.read(descriptor, &byte, 1) == 1 ? CInt(byte) : -1
    }

    @Test("UTF-8 passes as it is", arguments: ["abc\r", "größe", "日本語\n👩‍💻", "\u{FFFD}"])
    func whole(_ text: String) throws {
        #expect(try received(Array(text.utf8)) == (text, false))
    }

    @Test(
        "What is none is replaced, and what follows it stays",
        arguments: [
            ([0x61, 0xFC, 0x62], "a\u{FFFD}b"), ([0xF6, 0x0D], "\u{FFFD}\r"), ([0xC3, 0x0D, 0x61], "\u{FFFD}\ra"),
            ([0xC3, 0xC3, 0xA9], "\u{FFFD}é"), ([0xE2, 0x82], "\u{FFFD}"),
        ] as [([UInt8], String)])
    func malformed(_ bytes: [UInt8], _ text: String) throws {
        #expect(try received(bytes) == (text, true))
    }
}
