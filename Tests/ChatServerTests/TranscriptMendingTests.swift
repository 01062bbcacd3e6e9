import Foundation
import Testing

@testable import ChatServer

@Suite("The end of a transcript", .timeLimit(.minutes(5)))
struct TranscriptMendingTests {
    private func mended(_ text: String) throws -> (text: String, cut: Int) {
        let file = FileManager.default.temporaryDirectory.appending(path: "transcript-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        let cut = try mendTranscript(file)
        return (try String(contentsOfFile: file, encoding: .utf8), cut)
    }

    private static let entry = #"{"answer":"1","client":"127.0.0.1:1","question":"1","time":"now"}"# + "\n"

    @Test("that is whole stays as it is", arguments: ["", "\n", entry, entry + entry])
    func whole(_ text: String) throws {
        #expect(try mended(text) == (text, 0))
    }

    @Test("that was torn by a kill is cut off, however short or long", arguments: [1, 5, 11, 30, 200_000])
    func torn(length: Int) throws {
        let torn = String((#"{"answer":""# + String(repeating: "x", count: length)).prefix(length))
        #expect(try mended(torn) == ("", length))
        #expect(try mended(Self.entry + torn) == (Self.entry, length))
    }

    @Test("that no server wrote is kept, and gets its line feed", arguments: ["notes", "{\"question\":\"1\"", "é"])
    func foreign(_ text: String) throws {
        #expect(try mended(text) == (text + "\n", 0))
        #expect(try mended(Self.entry + text) == (Self.entry + text + "\n", 0))
    }
}
