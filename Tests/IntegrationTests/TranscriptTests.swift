import ChatProtocol
import Foundation
import Glibc
import Testing

@Suite("The transcript", .serialized, .timeLimit(.minutes(5)))
struct TranscriptTests {
    struct Line: Decodable {
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

    @Test("Killed under load, 20 times: every answered question is in a whole line, also behind a torn one")
    func killedUnderLoad() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/transcript.jsonl"
            let text = String(repeating: "é", count: 20_000)
            var answered: Set<String> = []
            for run in 1...20 {
                let options = ["--answer", "echo", "--transcript", file, "--log-level", "error"]
                try await withServer(options, endedBy: nil, status: 128 + SIGKILL) { server in
                    let names = (1...3).map { "\(run).\($0)" }
                    let killer = Task {
                        try await Task.sleep(for: .milliseconds(.random(in: 20...150)))
                        server.program.signal(SIGKILL)
                    }
                    for name in names { answered.formUnion(await answers(from: server, name, text)) }
                    try await killer.value
                }
            }
            #expect(answered.count > 20)
            let whole = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").compactMap {
                try? JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            let recorded = Set(whole.map { String($0.question.prefix { $0 != " " }) })
            #expect(answered.subtracting(recorded) == [])
        }
    }

    /// Asks ahead until the server is gone, and says which questions were answered.
    func answers(from server: Server, _ name: String, _ text: String) async -> Set<String> {
        var answered: Set<String> = []
        do {
            let peer = try await Peer.connect(to: server.endpoint)
            for number in 0..<10_000 {
                let questions = (0..<3).map { "\(name).\(number).\($0)" }
                try await peer.send(questions.flatMap { Frame.bytes(of: .question("\($0) \(text)")) })
                for question in questions {
                    guard case .message(.answer) = try await peer.next() else { return answered }
                    answered.insert(question)
                }
            }
        } catch {
            // The server is gone.
        }
        return answered
    }

    @Test("A last line that a kill has torn is cut off at the next start, which the log tells")
    func mended() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/transcript.jsonl"
            try #"{"answer":"torn","client":"127"#.write(toFile: file, atomically: false, encoding: .utf8)
            let server = try await withServer(["--answer", "echo", "--transcript", file]) { server in
                let client = try await runClient(server, input: "one\n")
                #expect(client.output == "one\n")
            }
            #expect(try lines(of: file).map(\.question) == ["one"])
            #expect(server.errors.contains("30 bytes were cut off"))
        }
    }

    @Test("A symbolic link is not followed: exit code 74")
    func link() async throws {
        try await withTemporaryFolder { folder in
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/link", withDestinationPath: "\(folder)/target")
            let command = [product("chat-server"), "--port", "0", "--answer", "echo", "--transcript", "\(folder)/link"]
            let server = try await withProgram(command, input: "")
            #expect(server.status == 74)
            #expect(server.errors.contains("ELOOP"))
            #expect(server.errors.contains("A symbolic link is not followed; name the file itself."))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/target"))
        }
    }

    @Test(
        "A pipe that nobody reads from makes the recorded wait, and nobody else; when it is read, no entry is missing")
    func pipe() async throws {
        try await withTemporaryFolder { folder in
            let reader = try SlowReader(in: folder)
            try await withServer(["--answer", "echo", "--transcript", reader.path]) { server in
                let peer = try await Peer.connect(to: server.endpoint)
                try await peer.send(
                    (1...100).flatMap { Frame.bytes(of: .question("\($0) " + .init(repeating: "x", count: 200))) })
                try await eventually("the pipe is full") { reader.waiting > 3000 }
                let other = try await Peer.connect(to: server.endpoint)
                try await other.send([0, 0, 0, 0])
                #expect(try await other.next().errorCode == .frameTooLarge)
                try await eventually("all answers") {
                    reader.read()
                    return reader.text.ranges(of: "\n").count == 100
                }
                for number in 1...100 {
                    guard case .message(.answer(let text)) = try await peer.next() else { throw NothingCame() }
                    #expect(text.hasPrefix("\(number) "))
                }
            }
            reader.read()
            let questions = reader.text.split(separator: "\n").map {
                try? JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            #expect(questions.map { $0?.question.prefix { $0 != " " } } == (1...100).map { "\($0)"[...] })
        }
    }

    @Test("Clients that ask ahead as much as they can keep one that asks one question at a time waiting for little")
    func fairness() async throws {
        try await withServer(["--answer", "echo", "--transcript", "/dev/null", "--log-level", "error"]) { server in
            let good = try await Peer.connect(to: server.endpoint)
            let questions = (0..<20_000).flatMap { _ in Frame.bytes(of: .question("")) }
            var flooding: [Peer] = []
            for _ in 1...5 {
                let peer = try await Peer.connect(to: server.endpoint)
                _ = try peer.sendWithoutWaiting(questions)
                flooding.append(peer)
            }
            var longest = Duration.zero
            for number in 1...20 {
                let start = ContinuousClock.now
                #expect(try await good.ask("\(number)") == .message(.answer("\(number)")))
                longest = max(longest, ContinuousClock.now - start)
            }
            #expect(longest < .seconds(1))
            for peer in flooding { #expect(try await peer.next() == .message(.answer(""))) }
        }
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
