import FoundationEssentials
import Glibc
import Testing

@testable import Console

@Suite("The history file", .timeLimit(.minutes(5)))
final class LineHistoryTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "history-\(UUID())").path

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
    }

    @Test(
        "lies where the XDG specification puts state",
        arguments: [
            (["XDG_STATE_HOME": "/s", "HOME": "/h"], "/s/chat/history"),
            (["HOME": "/h"], "/h/.local/state/chat/history"),
            // A relative path is invalid there and must be ignored.
            (["XDG_STATE_HOME": "s", "HOME": "/h"], "/h/.local/state/chat/history"),
            (["XDG_STATE_HOME": "", "HOME": "/h"], "/h/.local/state/chat/history"),
            (["HOME": ""], nil), ([:], nil),
        ] as [([String: String], String?)])
    func standard(_ environment: [String: String], _ path: String?) {
        #expect(LineHistory.standard(for: "chat", environment: environment)?.path == path)
    }

    @Test("is made with its folders, for its owner alone")
    func made() throws {
        let path = "\(folder)/a/b/history"
        #expect(try LineHistory(path: path).entries() == [])
        #expect(try mode(of: path) == 0o600)
        #expect(try mode(of: "\(folder)/a/b") == 0o700)
        #expect(try mode(of: "\(folder)/a") == 0o700)
    }

    @Test("keeps its lines and loses the permissions of others")
    func existing() throws {
        let path = try file("old\n")
        try #require(chmod(path, 0o644) == 0)
        #expect(try LineHistory(path: path).entries() == ["old"])
        #expect(try mode(of: path) == 0o600)
        #expect(try content(path) == "old\n")
    }

    @Test("is never cut: the last thousand entries are brought back, and all stay")
    func long() throws {
        let lines = (1...1500).map { "line \($0)\n" }.joined()
        let history = LineHistory(path: try file(lines))
        let entries = try history.entries()
        #expect(entries.count == 1000)
        #expect(entries.first == "line 501")
        #expect(entries.last == "line 1500")
        try history.append("new")
        #expect(try content(history.path) == lines + "new\n")
    }

    @Test("is read from its end, by whole lines")
    func huge() throws {
        let line = String(repeating: "x", count: 9_999)
        let history = LineHistory(path: try file(String(repeating: line + "\n", count: 200)))
        #expect(try history.entries() == Array(repeating: line, count: LineHistory.recalled.bytes / 10_000))
    }

    @Test("has an entry of several lines in one line of its own")
    func severalLines() throws {
        let history = LineHistory(path: try file(""))
        try history.append("one\ntwo")
        try history.append("three")
        #expect(try history.entries() == ["one\ntwo", "three"])
        #expect(try content(history.path) == "one\u{1}two\nthree\n")
    }

    @Test("gets its missing line end before the next entry, and lines that are not UTF-8 are passed over")
    func foreign() throws {
        let history = LineHistory(path: "\(folder)/history")
        try Data([0x61, 0x0A, 0xFF, 0x0A, 0x62]).write(to: URL(filePath: history.path))
        #expect(try history.entries() == ["a", "b"])
        try history.append("c")
        #expect(try history.entries() == ["a", "b", "c"])
    }

    @Test("may be a device such as /dev/null, which keeps nothing and whose permissions are everyone's business")
    func device() throws {
        let before = try mode(of: "/dev/null")
        let history = LineHistory(path: "/dev/null")
        try history.append("one")
        #expect(try history.entries() == [])
        #expect(try mode(of: "/dev/null") == before)
    }

    @Test("may not be a FIFO: whoever reads it would wait for ever")
    func fifo() throws {
        let path = "\(folder)/fifo"
        try #require(mkfifo(path, 0o644) == 0)
        let error = #expect(throws: LineHistory.Unusable.self) { try LineHistory(path: path).entries() }
        #expect(error?.description == "no history: \(path): it is not a regular file")
    }

    @Test("may have a relative path, whose folders are made too")
    func relative() async throws {
        // In a process of its own, because the working directory belongs to the whole process.
        await #expect(processExitsWith: .success) { [folder = self.folder as String] in
            try #require(chdir(folder) == 0)
            _ = try LineHistory(path: "a/b/history").entries()
            try #require(access("a/b/history", F_OK) == 0)
        }
    }

    @Test("that cannot be made is told by its error number")
    func impossible() throws {
        let path = try file("")
        let folderIsFile = #expect(throws: LineHistory.Unusable.self) {
            try LineHistory(path: "\(path)/history").entries()
        }
        #expect(folderIsFile?.reason == "ENOTDIR (Not a directory)")
        let isFolder = #expect(throws: LineHistory.Unusable.self) { try LineHistory(path: folder).entries() }
        #expect(isFolder?.reason == "EISDIR (Is a directory)")
    }

    private func file(_ content: String) throws -> String {
        let path = "\(folder)/history"
        try Data(content.utf8).write(to: URL(filePath: path))
        return path
    }

    private func content(_ path: String) throws -> String {
        try String(decoding: Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    }

    private func mode(of path: String) throws -> mode_t {
        var status = stat()
        let result = stat(path, &status)
        try #require(result == 0)
        return status.st_mode & 0o7777
    }
}
