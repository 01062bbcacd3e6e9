import ChatProtocol
import Foundation
import Glibc
import Testing

@Suite("What a co-process prints unasked is nobody's answer", .serialized, .timeLimit(.minutes(5)))
struct CoProcessOrderTests {
    private static let unasked = "the answering process wrote a line without a question"
    private static let tooMany = "the answering process wrote more than one line for a question"
    private static let early = "the answering process wrote something before it read the question"

    @Test("A calculator's long number is one line, and the answers after it are those of their questions")
    func calculator() async throws {
        try await withServer(["--answer", "exec:bc -lq"]) { server in
            let client = try await runClient(server, input: "2^300\n1+1\n3*3\n")
            #expect(client.output.split(separator: "\n").dropFirst() == ["2", "9"])
            #expect(client.output.split(separator: "\n").first?.count == 91)
            #expect(client.status == 0)
        }
    }

    @Test("Two lines at once are error 9")
    func atOnce() async throws {
        try await withServer(["--answer", "exec:while read q; do printf '%s\\nmore\\n' $q; done"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.error(.answererFailed, Self.tooMany)))
            #expect(try await peer.next() == .endOfStream)
        }
    }

    @Test("A line that comes between two questions ends the conversation")
    func between() async throws {
        let command = "exec:while read q; do echo $q; sleep 0.2; echo late $q; done"
        try await withServer(["--answer", command]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("one")))
            #expect(try await peer.next() == .message(.error(.answererFailed, Self.unasked)))
            #expect(try await peer.next() == .endOfStream)
        }
    }

    @Test("A line that comes while the next question lies unread in the pipe is not its answer")
    func unread() async throws {
        let command = "exec:while read q; do echo $q; sleep 0.2; echo late $q; done"
        try await withServer(["--answer", command]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(["one", "two", "three"].flatMap { Frame.bytes(of: .question($0)) })
            #expect(try await peer.next() == .message(.answer("one")))
            #expect(try await peer.next() == .message(.error(.answererFailed, Self.early)))
            #expect(try await peer.next() == .endOfStream)
        }
    }

    @Test("Bytes without a line feed that come before a question is taken are not the beginning of its answer")
    func unfinished() async throws {
        let command = "exec:while read q; do echo $q; sleep 0.2; printf JUNK; done"
        try await withServer(["--answer", command]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(["one", "two", "three"].flatMap { Frame.bytes(of: .question($0)) })
            #expect(try await peer.next() == .message(.answer("one")))
            #expect(try await peer.next() == .message(.error(.answererFailed, Self.early)))
            #expect(try await peer.next() == .endOfStream)
        }
    }

    @Test("A program that copies bytes as they come answers questions of any length")
    func copies() async throws {
        try await withServer(["--answer", "exec:cat", "--max-frame", "1000000"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            let long = String(repeating: "0123456789", count: 90_000)
            for question in ["one", "", "two", long, "three"] {
                #expect(try await peer.ask(question) == .message(.answer(question)))
            }
        }
    }

    @Test("A process that is slow to read on costs the server nothing, and gets its question")
    func held() async throws {
        let command = "exec:while read q; do echo $q; sleep 2; done"
        try await withServer(["--answer", command]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("one")))
            let before = try wakeups(of: server)
            #expect(try await peer.ask("two") == .message(.answer("two")))
            #expect(try wakeups(of: server) - before < 100)
        }
    }

    /// How often the server has waited and was woken (proc(5), status).
    private func wakeups(of server: Server) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(server.process)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") })
        return try #require(line.split(separator: "\t").last.flatMap { Int($0) })
    }

    @Test("A process that writes without end is ended, and piles up nothing")
    func endless() async throws {
        try await withServer(["--answer", "exec:yes"]) { server in
            let state = ProcessState(process: server.process)
            let first = try await Peer.connect(to: server.endpoint)
            #expect(try await first.ask("one").errorCode == .answererFailed)
            let before = try state.memory
            for _ in 1...30 {
                let peer = try await Peer.connect(to: server.endpoint)
                #expect(try await peer.ask("one").errorCode == .answererFailed)
            }
            #expect(try state.memory - before < 8192)
        }
    }

    @Test("Its environment is that of a program of the same user, without what was meant for the server")
    func environment() async throws {
        let command = "exec:while read n; do eval \"echo [\\$$n]\"; done"
        let variables = ["CHAT_SECRET": "secret", "NOTIFY_SOCKET": "/run/x", "LC_TIME": "C.UTF-8", "HOME": "/dev/null"]
        let wrapper = ["env"] + variables.map { "\($0)=\($1)" }
        try await withServer(["--answer", command], wrapper: wrapper) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            let expected = ["CHAT_SECRET": "[]", "NOTIFY_SOCKET": "[]", "LC_TIME": "[C.UTF-8]", "HOME": "[/dev/null]"]
            for (name, value) in expected { #expect(try await peer.ask(name) == .message(.answer(value))) }
        }
    }

    @Test("One that complains without end keeps neither clients nor other log lines back", arguments: ["y", ""])
    func flood(line: String) async throws {
        let command = "exec:while read q; do echo $q; case $q in flood) yes '\(line)' >&2;; esac; done"
        let server = try await withServer(["--answer", command]) { server in
            let flooding = try await Peer.connect(to: server.endpoint)
            #expect(try await flooding.ask("flood") == .message(.answer("flood")))
            try await server.log.contains("lines were left out: too many to log")
            let good = try await Peer.connect(to: server.endpoint)
            var longest = Duration.zero
            for number in 1...20 {
                let start = ContinuousClock.now
                #expect(try await good.ask("\(number)") == .message(.answer("\(number)")))
                longest = max(longest, ContinuousClock.now - start)
            }
            #expect(longest < .seconds(1))
            server.program.signal(SIGHUP)
        }
        #expect(server.errors.contains("shutting down"))
        #expect(server.errors.ranges(of: "co-process: y").count < 1500)
    }

    @Test("Its complaints are lines of the log, with control characters made visible")
    func complaints() async throws {
        let command = "exec:while read q; do printf 'bad \\033[2J%s\\n' $q >&2; echo; done"
        try await withServer(["--answer", command]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("")))
            try await server.log.contains("warning chat-server: [ChatServer] co-process: bad ^[[2Jone\n")
        }
    }
}
