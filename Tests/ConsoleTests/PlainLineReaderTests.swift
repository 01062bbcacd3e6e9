import Console
import Foundation
import TCPSockets
import Testing

@MainActor
@Suite("Lines from a pipe", .timeLimit(.minutes(5)))
struct PlainLineReaderTests {
    private let pipe = Pipe()
    private let reader: PlainLineReader

    init() {
        reader = PlainLineReader(descriptor: pipe.fileHandleForReading.fileDescriptor, maximumLength: 10)
    }

    private func write(_ bytes: [UInt8]) throws {
        try pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
    }

    /// What one read gives after these bytes.
    private func inputs(after text: String) throws -> [LineInput] {
        try write(Array(text.utf8))
        return try reader.read()
    }

    private func inputsAtEnd() throws -> [LineInput] {
        try pipe.fileHandleForWriting.close()
        return try reader.read()
    }

    @Test("No person sits at a pipe")
    func notInteractive() {
        #expect(!reader.isInteractive)
    }

    @Test("Each line is one input, without its newline")
    func lines() throws {
        #expect(try inputs(after: "one\ntwo\n\n") == [.line("one"), .line("two"), .line("")])
    }

    @Test("A carriage return belongs to the newline that follows it, and to nothing else")
    func carriageReturn() throws {
        #expect(try inputs(after: "one\r\na\rb\n\r\r\n") == [.line("one"), .line("a\rb"), .line("\r")])
    }

    @Test("A line may come in pieces, even inside a character")
    func pieces() throws {
        try write([0x61, 0xC3])
        #expect(try reader.read() == [])
        try write([0xA9, 0x0D])
        #expect(try reader.read() == [])
        try write([0x0A, 0x62])
        #expect(try reader.read() == [.line("aé")])
        #expect(try inputsAtEnd() == [.line("b"), .endOfInput])
    }

    @Test("The last line counts without a newline too")
    func lastLine() throws {
        #expect(try inputs(after: "one\ntwo") == [.line("one")])
        #expect(try inputsAtEnd() == [.line("two"), .endOfInput])
        #expect(try reader.read() == [.endOfInput])
    }

    @Test("An empty input has no line")
    func empty() throws {
        #expect(try inputsAtEnd() == [.endOfInput])
    }

    @Test("A line that is not UTF-8 is told by its number, and the next one is read")
    func notUTF8() throws {
        try write(Array("one\n".utf8) + [0xFF, 0x0A] + Array("three\n".utf8))
        let expected: [LineInput] = [.line("one"), .unusable(lineNumber: 2, reason: "not UTF-8"), .line("three")]
        #expect(try reader.read() == expected)
    }

    @Test("A line of exactly the greatest length is taken, with either newline", arguments: ["\n", "\r\n"])
    func longest(_ newline: String) throws {
        #expect(try inputs(after: "0123456789" + newline) == [.line("0123456789")])
    }

    @Test("A line that is longer is told once, and the next one is read")
    func tooLong() throws {
        let unusable = LineInput.unusable(lineNumber: 1, reason: "longer than 10 bytes")
        #expect(try inputs(after: "0123456789a\nnext\n") == [unusable, .line("next")])
    }

    @Test("A line that is longer is told as soon as it is, and its rest is skipped")
    func tooLongInPieces() throws {
        #expect(try inputs(after: "0123456789") == [])
        let unusable = LineInput.unusable(lineNumber: 1, reason: "longer than 10 bytes")
        #expect(try inputs(after: "ab") == [unusable])
        #expect(try inputs(after: String(repeating: "x", count: 100)) == [])
        #expect(try inputs(after: "rest\n\u{FFFD}\n") == [.line("\u{FFFD}")])
    }

    @Test("The end of input after the rest of a long line adds nothing")
    func tooLongAtEnd() throws {
        _ = try inputs(after: String(repeating: "x", count: 100))
        #expect(try inputsAtEnd() == [.endOfInput])
    }

    @Test("A descriptor that cannot be read is an error that names the call")
    func unreadable() {
        let reader = PlainLineReader(descriptor: -1, maximumLength: 10)
        #expect(throws: SocketError(.read, .badDescriptor)) { try reader.read() }
    }
}
