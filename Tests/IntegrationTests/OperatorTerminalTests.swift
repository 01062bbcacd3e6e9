import ChatProtocol
import Glibc
import Testing

@Suite(
    "An operator at a terminal", .enabled(if: hasLineEditing, "built without GNU Readline"), .serialized,
    .timeLimit(.minutes(5)))
struct OperatorTerminalTests {
    @Test("A question is shown with who asked, and the answer reaches the client")
    func conversation() async throws {
        try await withOperator { server, terminal in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(.question("what is \u{1B}[2Jthis?"))
            try await terminal.shows("\(peer.local) asks: what is ^[[2Jthis?", "\(peer.local)>")
            try server.program.type("a test\r")
            #expect(try await peer.next() == .message(.answer("a test")))
            try await terminal.shows("\(peer.local)> a test", "(no question)")
        }
    }

    @Test("Questions queue: the prompt names whose answer is typed, and each gets its own")
    func queue() async throws {
        try await withOperator { server, terminal in
            let first = try await Peer.connect(to: server.endpoint)
            try await first.send(.question("one"))
            try await terminal.shows("\(first.local) asks: one", "\(first.local)>")
            let second = try await Peer.connect(to: server.endpoint)
            try await second.send(.question("two"))
            try await terminal.shows("\(second.local) asks: two  (1 before it)", "\(first.local)>")
            try server.program.type("for the first\r")
            #expect(try await first.next() == .message(.answer("for the first")))
            try await terminal.shows("\(first.local)> for the first", "\(second.local)>")
            try server.program.type("for the second\r")
            #expect(try await second.next() == .message(.answer("for the second")))
        }
    }

    @Test("The line being typed survives a question that comes meanwhile")
    func arrivalWhileTyping() async throws {
        try await withOperator { server, terminal in
            let first = try await Peer.connect(to: server.endpoint)
            try await first.send(.question("one"))
            try await terminal.shows("\(first.local)>")
            try server.program.type("half an ans")
            try await terminal.shows("\(first.local)> half an ans")
            let second = try await Peer.connect(to: server.endpoint)
            try await second.send(.question("two"))
            try await terminal.shows("\(second.local) asks: two  (1 before it)", "\(first.local)> half an ans")
            try server.program.type("wer\r")
            #expect(try await first.next() == .message(.answer("half an answer")))
            try await terminal.shows("\(second.local)>")
            try server.program.type("yes\r")
            #expect(try await second.next() == .message(.answer("yes")))
        }
    }

    @Test("A client that is gone withdraws its question, and the next one is in the prompt")
    func withdrawn() async throws {
        try await withOperator { server, terminal in
            let first = try await Peer.connect(to: server.endpoint)
            try await first.send(.question("one"))
            try await terminal.shows("\(first.local)>")
            let second = try await Peer.connect(to: server.endpoint)
            try await second.send(.question("two"))
            try await terminal.shows("\(second.local) asks: two  (1 before it)", "\(first.local)>")
            try first.reset()
            let withdrawal = "\(first.local) has left; its question is withdrawn: one"
            let prompt = "\(second.local)>"
            // The log's line comes on another way, so that either may be first.
            try await terminal.output.contains(withdrawal)
            try await terminal.output.contains("info: conversation over (\(first.local), reset)")
            try await terminal.output.satisfies("the prompt \(prompt)") { Screen($0).lines.last == prompt }
            try server.program.type("for the second\r")
            #expect(try await second.next() == .message(.answer("for the second")))
        }
    }

    @Test("A line while nobody asks is not sent to anybody later")
    func noQuestion() async throws {
        try await withOperator { server, terminal in
            try server.program.type("too early\r")
            try await terminal.shows("No question was in the prompt; nothing was sent.", "(no question)")
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(.question("one"))
            try await terminal.shows("\(peer.local)>")
            try server.program.type("in time\r")
            #expect(try await peer.next() == .message(.answer("in time")))
        }
    }

    @Test(
        "SIGTERM, Ctrl-C and Ctrl-D end the server, and who waits is told",
        arguments: ["SIGTERM", Terminal.Key.interrupt, Terminal.Key.endOfInput])
    func ends(_ end: String) async throws {
        try await withOperator(endedBy: { _ in }) { server, terminal in
            let idle = try await Peer.connect(to: server.endpoint)
            try await idle.send([0])
            try await server.hasTaken(idle)
            if end == "SIGTERM" { server.program.signal(SIGTERM) } else { try server.program.type(end) }
            #expect(try await idle.next().errorCode == .shuttingDown)
            #expect(try await idle.next() == .endOfStream)
            try idle.close()
        }
    }

    @Test("Ctrl-C with half an answer typed ends the server too, and the client that waits is told")
    func endsWhileTyping() async throws {
        let terminal = try Terminal()
        let before = terminal.settings
        try await withServer(
            ["--answer", "operator", "--drain-timeout", "0.2"], terminal: terminal, endedBy: nil
        ) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(.question("one"))
            try await terminal.shows("\(peer.local)>")
            try server.program.type("half an ans")
            try await terminal.shows("\(peer.local)> half an ans")
            try server.program.type(Terminal.Key.interrupt)
            #expect(try await peer.next().errorCode == .shuttingDown)
        }
        #expect(terminal.settings == before)
    }
}
