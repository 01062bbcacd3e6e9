import Foundation
import Testing

@Suite("chat-lab compare", .timeLimit(.minutes(5)))
struct CompareTests {
    private static let kept = #filePath.components(separatedBy: "/Tests/")[0] + "/docs/expected/linux-6.18.json"

    private func compare(_ arguments: String...) async throws -> Finished {
        try await withProgram([product("chat-lab"), "compare"] + arguments, input: "")
    }

    @Test("A report equals itself: 0. One word of it changed: 1, and the word is shown")
    func files() async throws {
        let same = try await compare(Self.kept, Self.kept)
        #expect((same.status, same.errors) == (0, ""))
        #expect(same.output.hasSuffix("compared: all equal.\n"))
        let text = try String(contentsOfFile: Self.kept, encoding: .utf8)
        try await withTemporaryFolder { folder in
            let other = "\(folder)/other.json"
            let changed = text.replacing(#""ending" : "fin""#, with: #""ending" : "rst""#, maxReplacements: 1)
            try changed.write(toFile: other, atomically: true, encoding: .utf8)
            let run = try await compare(Self.kept, other, "--format", "markdown")
            #expect(run.status == 1)
            #expect(run.output.contains("compared: 1 difference."))
            #expect(run.output.contains("<br>ending | fin | rst |"))
        }
    }

    @Test("One report is too few: 64. One that is not there: 66. Something else: 65")
    func errors() async throws {
        #expect(try await compare(Self.kept).status == 64)
        let missing = try await compare(Self.kept, "/no/such/file")
        #expect(missing.status == 66)
        #expect(missing.errors == "chat-lab: open /no/such/file: ENOENT (No such file or directory)\n")
        let other = try await compare(Self.kept, #filePath)
        #expect(other.status == 65)
        #expect(other.errors.contains("is not a report of chat-lab: it is not JSON"))
    }

    @Test("What cannot be written is an error: 74")
    func output() async throws {
        let command = "exec \"$@\" > /dev/full"
        let run = try await withProgram(
            ["sh", "-c", command, "sh", product("chat-lab"), "compare", Self.kept, Self.kept], input: "")
        #expect(run.status == 74)
    }
}
