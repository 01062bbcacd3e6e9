import ChatProtocol
import Testing

@Suite(
    "A terminal without GNU Readline", .enabled(if: !hasLineEditing, "built with GNU Readline"), .serialized,
    .timeLimit(.minutes(5)))
struct PlainTerminalTests {
    private func client(_ body: (Program, Terminal, Peer) async throws -> Void) async throws {
        let server = try FakeServer()
        let terminal = try Terminal()
        let client = try await withProgram(clientCommand(server.port), terminal: terminal) { client in
            let peer = try await server.accept()
            try await terminal.shows(">")
            try await body(client, terminal, peer)
            try client.type("exit\r")
            #expect(try await peer.next() == .message(.exit))
        }
        #expect(client.status == 0)
    }

    @Test("A question is typed at the prompt, and its answer shown below")
    func conversation() async throws {
        try await client { client, terminal, peer in
            try client.type("hello\r")
            #expect(try await peer.next() == .message(.question("hello")))
            try await peer.send(.answer("good day"))
            try await terminal.shows("> hello", "good day", ">")
        }
    }

    @Test("What is typed when an answer comes stands behind the new prompt, and is sent as it is seen")
    func answerWhileTyping() async throws {
        try await client { client, terminal, peer in
            try client.type("one\r")
            #expect(try await peer.next() == .message(.question("one")))
            try client.type("half a li")
            try await terminal.shows("> half a li")
            try await peer.send(.answer("answer one"))
            try await terminal.shows("> half a li", "answer one", "> half a li")
            try client.type("ne\r")
            #expect(try await peer.next() == .message(.question("half a line")))
        }
    }

    @Test("An empty line is not sent, and what is not UTF-8 is told")
    func unsent() async throws {
        try await client { client, terminal, peer in
            try client.type("\r \r")
            try client.type([0x67, 0xF6, 0x0D])
            try await terminal.shows("the line is not UTF-8; not sent", ">")
            try client.type("größe\r")
            #expect(try await peer.next() == .message(.question("größe")))
        }
    }

    @Test("Half an answer for an asker who leaves goes to nobody; the next line to whom the prompt names")
    func leaves() async throws {
        try await withOperator { server, terminal in
            let first = try await server.ask("one", terminal)
            let second = try await server.ask("two", terminal)
            try await terminal.shows("\(first.local)>")
            try server.program.type("half")
            try await terminal.shows("\(first.local)> half")
            try await server.leave(first, terminal)
            try await terminal.shows("\(first.local)> half")
            try server.program.type(" an answer\r")
            try await terminal.shows("\(first.local) has left; nothing was sent.", "\(second.local)>")
            try server.program.type("\r")
            try server.program.type("for the second\r")
            #expect(try await second.next() == .message(.answer("for the second")))
        }
    }

    @Test("Ctrl-D with a question in hand tells the asker at once")
    func endOfInput() async throws {
        try await withOperator(endedBy: { _ in }) { server, terminal in
            let peer = try await server.ask("one", terminal)
            try await terminal.shows("\(peer.local)>")
            try server.program.type(Terminal.Key.endOfInput)
            #expect(try await peer.next() == .message(.error(.answererFailed, "the operator has left")))
            try peer.close()
        }
    }
}
