import ChatProtocol
import Testing

@Suite(
    "Letters at a terminal", .enabled(if: hasLineEditing, "built without GNU Readline"), .serialized,
    .timeLimit(.minutes(5)))
struct LanguageTests {
    private func client(
        _ environment: [String: String], _ body: (Program, Terminal, Peer) async throws -> Void
    ) async throws {
        let server = try FakeServer()
        let terminal = try Terminal()
        let command = clientCommand(server.port, ["--no-history"])
        let client = try await withProgram(command, terminal: terminal, environment: environment) { client in
            let peer = try await server.accept()
            try await terminal.shows(">")
            try await body(client, terminal, peer)
            try client.type("exit\r")
            #expect(try await peer.next() == .message(.exit))
        }
        #expect(client.status == 0)
    }

    @Test(
        "UTF-8 is typed and sent whatever the language settings",
        arguments: [
            ["LC_ALL": "", "LANG": "", "LC_CTYPE": ""], ["LC_ALL": "C"], ["LC_ALL": "POSIX"],
            ["LC_ALL": "", "LC_CTYPE": "", "LANG": "de_DE.ISO-8859-1"], ["LC_ALL": "xx_XX.UTF-8"],
        ])
    func letters(environment: [String: String]) async throws {
        try await client(environment) { client, terminal, peer in
            for letter in "größe" {
                try client.type("\(letter)")
                try await terminal.output.until("\(letter)")
            }
            try await terminal.shows("> größe")
            // A character, not a byte.
            try client.type("\u{7F}\u{7F}\u{7F}e\r")
            #expect(try await peer.next() == .message(.question("gre")))
        }
    }

    @Test("What is typed and is not UTF-8 is not sent as something else, but told")
    func notUTF8() async throws {
        try await client([:]) { client, terminal, peer in
            try client.type([0x67, 0x72, 0xF6, 0xDF, 0x65, 0x0D])
            try await terminal.shows("the line is not UTF-8; not sent", ">")
            try client.type("good\r")
            #expect(try await peer.next() == .message(.question("good")))
        }
    }

    @Test("A line that took the place of one that is not UTF-8 is sent, and so is the next one")
    func replaced() async throws {
        try await client([:]) { client, terminal, peer in
            try client.type("two\r")
            #expect(try await peer.next() == .message(.question("two")))
            try client.type([0x61, 0xFC])
            try await terminal.shows("> a\u{FFFD}")
            try client.type(Terminal.Key.up)
            try await terminal.shows("> two")
            try client.type("\r")
            #expect(try await peer.next() == .message(.question("two")))
            try client.type([0x61, 0xFC, 0x0D])
            try await terminal.shows("the line is not UTF-8; not sent", ">")
            try client.type("café\r")
            #expect(try await peer.next() == .message(.question("café")))
        }
    }

    @Test("Nor is such an answer")
    func notUTF8Answer() async throws {
        try await withOperator { server, terminal in
            let peer = try await server.ask("one", terminal)
            try await terminal.shows("\(peer.local)>")
            try server.program.type([0x67, 0xF6, 0x0D])
            try await terminal.shows("The line is not UTF-8; nothing was sent.", "\(peer.local)>")
            try server.program.type("good\r")
            #expect(try await peer.next() == .message(.answer("good")))
        }
    }
}
