import ChatProtocol
import Testing

@Suite(
    "A client at a terminal", .enabled(if: hasLineEditing, "built without GNU Readline"), .serialized,
    .timeLimit(.minutes(5)))
struct ClientTerminalTests {
    /// Runs a client at a terminal against a server in the test's hands, and checks that it gives the terminal back
    /// and, if it is to succeed, says exit.
    private func client(
        status: CInt = 0, _ body: (Program, Terminal, Peer) async throws -> Void
    ) async throws -> Terminal {
        let server = try FakeServer()
        let terminal = try Terminal()
        let before = terminal.settings
        let command = clientCommand(server.port, ["--no-history"])
        let client = try await withProgram(command, terminal: terminal) { client in
            let peer = try await server.accept()
            try await terminal.shows(
                "Connected: \(peer.remote) → \(peer.local). Type a question, or exit; /help says more.", ">")
            // Otherwise nothing would have to be given back.
            #expect(terminal.settings != before)
            try await body(client, terminal, peer)
            if status == 0 { #expect(try await peer.next() == .message(.exit)) }
        }
        #expect(client.status == status)
        #expect(terminal.settings == before)
        return terminal
    }

    @Test("A question is typed at the prompt, and its answer shown below")
    func conversation() async throws {
        _ = try await client { client, terminal, peer in
            try client.type("hello\r")
            #expect(try await peer.next() == .message(.question("hello")))
            try await peer.send(.answer("good day"))
            try await terminal.shows("> hello", "good day", ">")
            try client.type(" exit \r")
        }
    }

    @Test("An answer that comes while a line is typed goes above it, and leaves it as it is")
    func answerWhileTyping() async throws {
        _ = try await client { client, terminal, peer in
            try client.type("one\r")
            #expect(try await peer.next() == .message(.question("one")))
            try client.type("half a li")
            try await terminal.shows("> one", "> half a li")
            try await peer.send(.answer("answer one"))
            try await terminal.shows("> one", "answer one", "> half a li")
            try client.type("ne\r")
            #expect(try await peer.next() == .message(.question("half a line")))
            try await terminal.shows("> half a line", ">")
            try client.type(Terminal.Key.endOfInput)
        }
    }

    @Test("No answer drives the terminal: control characters are shown, not sent")
    func controlCharacters() async throws {
        _ = try await client { client, terminal, peer in
            try client.type("one\r")
            #expect(try await peer.next() == .message(.question("one")))
            try await peer.send(.answer("\u{1B}]0;title\u{7}\u{1B}[2J\n\u{9B}1A"))
            try await terminal.shows("> one", "^[]0;title^G^[[2J^J\\u{9b}1A", ">")
            try client.type("exit\r")
        }
    }

    @Test("A character of several bytes is one character to the Backspace key")
    func backspace() async throws {
        _ = try await client { client, terminal, peer in
            try client.type("aé")
            try await terminal.shows("> aé")
            try client.type("\u{7F}")
            try await terminal.shows("> a")
            try client.type("b\r")
            #expect(try await peer.next() == .message(.question("ab")))
            try await terminal.shows("> ab", ">")
            try client.type(Terminal.Key.endOfInput)
        }
    }

    @Test("The Tab key completes ex to exit")
    func completion() async throws {
        _ = try await client { client, terminal, peer in
            try client.type("ex\t")
            try await terminal.shows("> exit")
            try client.type("\r")
        }
    }

    @Test("A slash begins a command, and two slashes a question with one")
    func commands() async throws {
        _ = try await client { client, terminal, peer in
            try client.type("/state\r")
            try await terminal.shows("> /state", "ESTABLISHED", ">")
            try client.type("/nonsense\r")
            try await terminal.shows("/nonsense: no such command; /help lists them", ">")
            try client.type("//state\r")
            #expect(try await peer.next() == .message(.question("/state")))
            try await terminal.shows("> //state", ">")
            try client.type(Terminal.Key.endOfInput)
        }
    }

    @Test("Ctrl-D on an empty line says exit")
    func endOfInput() async throws {
        _ = try await client { client, _, _ in
            try client.type(Terminal.Key.endOfInput)
        }
    }

    @Test("Ctrl-C in the middle of a line ends the client: exit code 130, and no exit is sent")
    func interrupt() async throws {
        _ = try await client(status: 130) { client, terminal, peer in
            try client.type("half a li")
            try await terminal.shows("> half a li")
            try client.type(Terminal.Key.interrupt)
            #expect(try await peer.next() == .endOfStream)
        }
    }

    @Test("A server that closes while a line is typed is reported at once, above the line: exit code 74")
    func serverCloses() async throws {
        let terminal = try await client(status: 74) { client, terminal, peer in
            try client.type("half a li")
            try await terminal.shows("> half a li")
            try peer.close()
        }
        let report = "chat-client: the server closed the connection (FIN, after a whole frame)"
        #expect(terminal.screen.suffix(2).first == report)
        #expect(terminal.screen.last == "> half a li")
    }

    @Test("So is one that resets, and told apart: exit code 74")
    func serverResets() async throws {
        let terminal = try await client(status: 74) { client, terminal, peer in
            try client.type("half a li")
            try await terminal.shows("> half a li")
            try peer.reset()
        }
        let report = "chat-client: the server reset the connection (RST): recv: ECONNRESET (Connection reset by peer)"
        #expect(terminal.screen.suffix(2).first == report)
        #expect(terminal.screen.last == "> half a li")
    }
}
