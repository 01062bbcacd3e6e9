import ChatProtocol
import FoundationEssentials
import Glibc
import Testing

@testable import Identities

@Suite("A file of identities", .timeLimit(.minutes(5)))
struct IdentityFileTests {
    private static let key = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8="

    private func withFile<R>(_ text: String, mode: mode_t = 0o600, _ use: (String) throws -> R) throws -> R {
        let path = "\(FileManager.default.temporaryDirectory.path)/identities.\(UInt64.random(in: .min ... .max))"
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { unlink(path) }
        chmod(path, mode)
        return try use(path)
    }

    private func problem(_ text: String, mode: mode_t = 0o600) throws -> String {
        try withFile(text, mode: mode) { path in
            let error = #expect(throws: IdentityFile.Unusable.self) { try IdentityFile.read(path) }
            return error?.description.replacing(path, with: "FILE") ?? ""
        }
    }

    @Test("gives names and keys, without comments and empty lines")
    func read() throws {
        let text = "# who\n\nalice \(Self.key)\n  Zoë\t\(Self.key)\r\n"
        let names = try withFile(text) { try IdentityFile.read($0).map(\.name) }
        #expect(names == ["alice", "Zoë"])
    }

    @Test("holds the lines that are printed for a new identity")
    func newIdentity() throws {
        let new = try #require(Identity(newNamed: "alice"))
        let challenge = Challenge.random()
        let read = try withFile("\(new.line)\n") { try IdentityFile.readOne($0) }
        #expect(read.proof(to: challenge) == new.proof(to: challenge))
    }

    @Test("gives the proof that the protocol's vectors ask for")
    func vector() throws {
        let challenge = try #require(Challenge(UInt8(0)..<32))
        let alice = try withFile("alice \(Self.key)") { try IdentityFile.readOne($0) }
        let code = alice.proof(to: challenge).code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(code == "c8d9e2ce0a10f683335a6677ef5f011985679ef8fed4fe893bc8330f7a736ea0")
    }

    @Test("is refused where others may read or change it", arguments: [0o640, 0o604, 0o620, 0o602, 0o666] as [mode_t])
    func mode(_ mode: mode_t) throws {
        let problem = try problem("alice \(Self.key)\n", mode: mode)
        #expect(
            problem.hasPrefix("FILE has mode 0\(String(mode, radix: 8)): others can read or change the keys in it."))
        #expect(problem.contains("chmod 600 FILE"))
    }

    @Test(
        "is refused with the number of the line that is wrong, and without that line",
        arguments: [
            "alice", "alice c2hvcnQ=", "alice \(key) more", "\(String(repeating: "a", count: 65)) \(key)",
            "alice \(key.dropLast())", "alice \(key.dropLast(2))?=", "a\u{202E}b \(key)",
        ])
    func line(_ line: String) throws {
        let problem = try problem("bob \(Self.key)\n\(line)\n")
        #expect(problem == "FILE, line 2: not NAME KEY, as chat-client --new-identity NAME prints it.")
    }

    @Test("is refused where a name stands in it twice")
    func twice() throws {
        let problem = try problem("bob \(Self.key)\n# again\nbob \(Self.key)\n")
        #expect(problem == "FILE, line 3: the name is already on an earlier line.")
    }

    @Test("is refused where it is not there, with the call and its errno")
    func missing() {
        let error = #expect(throws: IdentityFile.Unusable.self) { try IdentityFile.read("/no/such/file") }
        #expect(
            error?.description
                == "open /no/such/file: ENOENT (No such file or directory). Name a readable file.")
    }

    @Test("has one line for a client", arguments: [0, 2])
    func count(_ count: Int) throws {
        let text = (0..<count).map { "name\($0) \(Self.key)\n" }.joined()
        try withFile(text) { path in
            let error = #expect(throws: IdentityFile.Unusable.self) { try IdentityFile.readOne(path) }
            #expect(error?.description == "\(path) holds \(count) identities. A client uses exactly one.")
        }
    }

    @Test("gives names that can stand in a line", arguments: ["", "a b", "#a", "a\tb", "a\u{1B}", "a\u{200B}"])
    func names(_ name: String) {
        #expect(!Identity.isName(name))
    }
}
