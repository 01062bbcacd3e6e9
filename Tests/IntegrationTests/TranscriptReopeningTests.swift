import ChatProtocol
import Foundation
import Glibc
import Testing

/// What must not happen to the file of a transcript while a server writes to it.
extension TranscriptTests {
    @Test("SIGHUP under load, again and again, with and without a move of the file: every answered question is in it")
    func reopenedUnderLoad() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/transcript.jsonl"
            let text = String(repeating: "x", count: 50_000)
            var answered: Set<String> = []
            let options = ["--answer", "echo", "--transcript", file, "--loops", "4", "--log-level", "error"]
            try await withServer(options, endedBy: nil, status: 128 + SIGKILL) { server in
                let hangUps = Task {
                    for number in 1...150 {
                        if number % 50 == 0 { rename(file, "\(file).\(number)") }
                        server.program.signal(SIGHUP)
                        try await Task.sleep(for: .milliseconds(5))
                    }
                    server.program.signal(SIGKILL)
                }
                await withTaskGroup(of: Set<String>.self) { group in
                    for name in ["a", "b", "c", "d"] { group.addTask { await answers(from: server, name, text) } }
                    for await some in group { answered.formUnion(some) }
                }
                try await hangUps.value
            }
            #expect(answered.count > 100)
            var recorded: Set<String> = []
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                let whole = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).split(separator: "\n")
                for line in whole {
                    guard let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)) else { continue }
                    recorded.insert(String(line.question.prefix { $0 != " " }))
                }
            }
            #expect(answered.subtracting(recorded) == [])
        }
    }

    @Test("A second server on the same file does not start, and takes nothing from it: exit code 74")
    func twoServers() async throws {
        try await withTemporaryFolder { folder in
            let file = "\(folder)/transcript.jsonl"
            try await withServer(["--answer", "echo", "--transcript", file]) { server in
                let torn = #"{"answer":"torn""#
                let peer = try await Peer.connect(to: server.endpoint)
                #expect(try await peer.ask("one") == .message(.answer("one")))
                let handle = try #require(FileHandle(forWritingAtPath: file))
                try handle.seekToEnd()
                handle.write(Data(torn.utf8))
                let command = [product("chat-server"), "--port", "0", "--answer", "echo", "--transcript", file]
                let second = try await withProgram(command, input: "")
                #expect(second.status == 74)
                #expect(second.errors.contains("Another server writes to this file; name another one."))
                #expect(try String(contentsOfFile: file, encoding: .utf8).hasSuffix(torn))
            }
        }
    }

    @Test("SIGHUP while a pipe is full, and a line half in it: the line becomes whole, and its answer comes then")
    func reopenedPipe() async throws {
        try await withTemporaryFolder { folder in
            let reader = try SlowReader(in: folder)
            try await withServer(["--answer", "echo", "--transcript", reader.path]) { server in
                let peer = try await Peer.connect(to: server.endpoint)
                let text = String(repeating: "x", count: 20_000)
                try await peer.send((1...10).flatMap { Frame.bytes(of: .question("\($0) \(text)")) })
                try await eventually("the pipe is full") { reader.waiting > 3000 }
                server.program.signal(SIGHUP)
                try await server.log.contains("transcript reopened")
                try await eventually("all answers") {
                    reader.read()
                    return reader.text.ranges(of: "\n").count == 10
                }
                for number in 1...10 { #expect(try await peer.next() == .message(.answer("\(number) \(text)"))) }
            }
            let numbers = reader.text.split(separator: "\n").map { line in
                try? JSONDecoder().decode(Line.self, from: Data(line.utf8)).question.prefix { $0 != " " }
            }
            #expect(numbers == (1...10).map { "\($0)"[...] })
        }
    }

    @Test("A write that the limit for files cuts short is told with its own reason")
    func tooLarge() async throws {
        try await withTemporaryFolder { folder in
            let options = ["--answer", "echo", "--transcript", "\(folder)/transcript.jsonl"]
            try await withServer(options, wrapper: ["prlimit", "--fsize=400"]) { server in
                let peer = try await Peer.connect(to: server.endpoint)
                #expect(try await peer.ask(String(repeating: "x", count: 400)).errorCode == .answererFailed)
                try await server.log.contains("transcript: write: EFBIG")
            }
        }
    }

    @Test("Who waits for the transcript gives up the place by going, and is told when the server ends")
    func withheld() async throws {
        try await withTemporaryFolder { folder in
            let reader = try SlowReader(in: folder)
            let options = ["--answer", "echo", "--transcript", reader.path, "--drain-timeout", "0.5"]
            try await withServer(options) { server in
                let text = String(repeating: "x", count: 20_000)
                let peer = try await Peer.connect(to: server.endpoint)
                try await peer.send(.question(text))
                try await eventually("the pipe is full") { reader.waiting > 3000 }
                for way in ["reset", "close"] {
                    let other = try await Peer.connect(to: server.endpoint)
                    try await other.send(.question("two"))
                    try await server.hasTaken(other)
                    if way == "reset" { try other.reset() } else { try other.close() }
                    try await server.log.contains("client=\(other.local) ending=reset")
                }
                server.program.signal(SIGTERM)
                #expect(
                    try await peer.next()
                        == .message(.error(.shuttingDown, "the answer could not be recorded in time")))
                #expect(try await peer.next() == .endOfStream)
            }
        }
    }
}
