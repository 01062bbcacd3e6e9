import ChatProtocol
import Glibc
import Testing

@Suite("What a co-process prints unasked is nobody's answer", .serialized, .timeLimit(.minutes(5)))
struct CoProcessOrderTests {
    private static let unasked = "the answering process wrote a line that nobody asked for"
    private static let tooMany = "the answering process wrote more than one line for a question"
    private static let early = "the answering process wrote a line before it had read the question"

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
