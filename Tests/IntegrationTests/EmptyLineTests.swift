import ChatProtocol
import Glibc
import Testing

@Suite(
    "Lines of a person that say nothing", .enabled(if: hasLineEditing, "built without GNU Readline"), .serialized,
    .timeLimit(.minutes(5)))
struct EmptyLineTests {
    static let lines = ["\r", "  \r", "\t\r"]

    @Test("A client does not send them: a calculator answers the next question", arguments: lines)
    func client(_ line: String) async throws {
        // It answers a line that says something, and nothing else, as bc(1) does.
        let answerer = "while read -r line; do [ -z \"$line\" ] || echo \"<$line>\"; done"
        try await withServer(["--answer", "exec:\(answerer)"]) { server in
            let terminal = try Terminal()
            let client = try await withProgram(clientCommand(server.port, ["--no-history"]), terminal: terminal) {
                client in
                try await terminal.shows(">")
                try client.type(line)
                try client.type("one\r")
                try await terminal.shows("> one", "<one>", ">")
                try client.type("exit\r")
            }
            #expect(client.status == 0)
        }
    }

    @Test("An operator does not answer with them: the question stays in the prompt", arguments: lines)
    func anOperator(_ line: String) async throws {
        try await withOperator { server, terminal in
            let peer = try await server.ask("one", terminal)
            try await terminal.shows("\(peer.local)>")
            try server.program.type(line)
            try await terminal.shows("\(peer.local) asks: one", "\(peer.local)>", "\(peer.local)>")
            try server.program.type("answer\r")
            #expect(try await peer.next() == .message(.answer("answer")))
        }
    }

    @Test("/help says so, and the word itself can be an answer")
    func help() async throws {
        try await withOperator { server, terminal in
            let peer = try await server.ask("one", terminal)
            try server.program.type("/help\r")
            try await terminal.output.contains("An empty line is not sent.")
            try await terminal.shows("//help  the answer /help", "\(peer.local)>")
            try server.program.type("//help\r")
            #expect(try await peer.next() == .message(.answer("/help")))
        }
    }

    @Test("Ctrl-D with a question in hand tells the asker at once, and the prompt is gone")
    func endOfInput() async throws {
        try await withOperator(endedBy: { _ in }) { server, terminal in
            let peer = try await server.ask("one", terminal)
            try await terminal.shows("\(peer.local)>")
            try server.program.type(Terminal.Key.endOfInput)
            #expect(try await peer.next() == .message(.error(.answererFailed, "the operator has left")))
            let prompt = "\(peer.local)>"
            try await terminal.output.satisfies("no prompt") { Screen($0).lines.last != prompt }
            try peer.close()
        }
    }

    @Test("After Ctrl-C the question in hand can be answered, and the operator is told for how long")
    func interrupt() async throws {
        try await withOperator(["--drain-timeout", "30"], endedBy: { _ in }) { server, terminal in
            let peer = try await server.ask("one", terminal)
            try await terminal.shows("\(peer.local)>")
            try server.program.type(Terminal.Key.interrupt)
            try await terminal.output.contains(
                "Ending within 30.0 s; open questions can still be answered. Ctrl-C ends now.")
            try server.program.type("answer\r")
            #expect(try await peer.next() == .message(.answer("answer")))
            #expect(try await peer.next().errorCode == .shuttingDown)
            try peer.close()
        }
    }
}
