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
    func prepare() throws {
        let path = "\(folder)/a/b/history"
        #expect(LineHistory(path: path).prepare() == nil)
        #expect(try mode(of: path) == 0o600)
        #expect(try mode(of: "\(folder)/a/b") == 0o700)
        #expect(try mode(of: "\(folder)/a") == 0o700)
    }

    @Test("keeps its lines and loses the permissions of others")
    func existing() throws {
        let path = "\(folder)/history"
        try Data("old\n".utf8).write(to: URL(filePath: path))
        try #require(chmod(path, 0o644) == 0)
        #expect(LineHistory(path: path).prepare() == nil)
        #expect(try mode(of: path) == 0o600)
        #expect(try Data(contentsOf: URL(filePath: path)) == Data("old\n".utf8))
    }

    @Test("may be a device such as /dev/null, whose permissions are everyone's business")
    func device() throws {
        // A device of one's own takes privileges to make; a FIFO is no regular file either.
        let path = "\(folder)/fifo"
        try #require(mkfifo(path, 0o644) == 0 && chmod(path, 0o644) == 0)
        #expect(LineHistory(path: path).prepare() == nil)
        #expect(try mode(of: path) == 0o644)
    }

    @Test("may have a relative path, whose folders are made too")
    func relative() async throws {
        // In a process of its own, because the working directory belongs to the whole process.
        await #expect(processExitsWith: .success) { [folder = self.folder as String] in
            try #require(chdir(folder) == 0)
            try #require(LineHistory(path: "a/b/history").prepare() == nil)
            try #require(access("a/b/history", F_OK) == 0)
        }
    }

    @Test("that cannot be made is told by its error number")
    func impossible() throws {
        try Data().write(to: URL(filePath: "\(folder)/file"))
        #expect(LineHistory(path: "\(folder)/file/history").prepare() == ENOTDIR)
        #expect(LineHistory(path: folder).prepare() == EISDIR)
    }

    private func mode(of path: String) throws -> mode_t {
        var status = stat()
        let result = stat(path, &status)
        try #require(result == 0)
        return status.st_mode & 0o7777
    }
}
