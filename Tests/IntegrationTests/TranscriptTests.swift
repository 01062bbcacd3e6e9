import ChatProtocol
import Foundation
import Glibc
import Testing

@Suite("The transcript", .serialized, .timeLimit(.minutes(5)))
struct TranscriptTests {
    private struct Line: Decodable {
        let time: String
        let client: String
        let question: String
        let answer: String
    }

    private func lines(of file: String) throws -> [Line] {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.hasSuffix("\n"))
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    }

    @Test("Killed without warning, the server has recorded every answer that it gave")
    func killed() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/transcript.jsonl"
            let questions = (1...100).map { "question \($0) \"\u{1B}\\ é" }
            var client = ""
            try await withServer(
                ["--answer", "echo", "--transcript", file], endedBy: SIGKILL, status: 128 + SIGKILL
            ) { server in
                let peer = try await Peer.connect(to: server.endpoint)
                client = "\(peer.local)"
                for question in questions {
                    #expect(try await peer.ask(question) == .message(.answer(question)))
                }
                server.program.signal(SIGKILL)
                #expect(try await peer.next() == .endOfStream)
            }
            let lines = try lines(of: file)
            #expect(lines.map(\.question) == questions)
            #expect(lines.map(\.answer) == questions)
            #expect(lines.allSatisfy { $0.client == client })
            #expect(lines.allSatisfy { $0.time.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/) })
        }
    }

    @Test("It is appended to, and readable by its owner alone")
    func appended() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/transcript.jsonl"
            for question in ["one", "two"] {
                try await withServer(["--answer", "echo", "--transcript", file]) { server in
                    let client = try await runClient(server, input: "\(question)\n")
                    #expect(client.output == "\(question)\n")
                }
            }
            #expect(try lines(of: file).map(\.question) == ["one", "two"])
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("A server that cannot keep it does not start")
    func impossible() async throws {
        let server = try await withProgram(
            [product("chat-server"), "--port", "0", "--transcript", "/nonexistent/transcript"], input: "")
        #expect(server.output == "")
        #expect(server.errors.contains("transcript: open /nonexistent/transcript: ENOENT"))
        #expect(server.status != 0)
    }

    @Test("An answer that cannot be recorded is not given")
    func fullDisk() async throws {
        try await withServer(["--answer", "echo", "--transcript", "/dev/full"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(
                try await peer.ask("one")
                    == .message(.error(.answererFailed, "the answer could not be recorded")))
        }
    }

    @Test("A record that is torn by the limit for files is taken back, and its answer not given")
    func torn() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/transcript.jsonl"
            let options = ["--answer", "echo", "--transcript", file]
            try await withServer(options, wrapper: ["prlimit", "--fsize=400"]) { server in
                let one = try await Peer.connect(to: server.endpoint)
                #expect(try await one.ask("one") == .message(.answer("one")))
                #expect(try await one.ask(String(repeating: "x", count: 400)).errorCode == .answererFailed)
                let two = try await Peer.connect(to: server.endpoint)
                #expect(try await two.ask("two") == .message(.answer("two")))
            }
            #expect(try lines(of: file).map(\.question) == ["one", "two"])
        }
    }

    @Test("A transcript that is as long as files may be does not end the server")
    func longest() async throws {
        try await withTemporaryFolder { folder in
            let options = ["--answer", "echo", "--transcript", "\(folder)/transcript.jsonl"]
            try await withServer(options, wrapper: ["prlimit", "--fsize=0"]) { server in
                for _ in 1...2 {
                    let peer = try await Peer.connect(to: server.endpoint)
                    #expect(try await peer.ask("one").errorCode == .answererFailed)
                }
            }
        }
    }
}
