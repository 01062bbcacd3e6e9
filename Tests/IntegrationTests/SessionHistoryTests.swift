import ChatProtocol
import Foundation
import Testing

@Suite(
    "The history of a session, as a person sees it", .enabled(if: hasLineEditing, "built without GNU Readline"),
    .serialized, .timeLimit(.minutes(5)))
struct SessionHistoryTests {
    private static let previous = "\u{10}"

    /// Runs a client at a terminal against a server that echoes.
    private func client(
        _ file: String, _ body: (Program, Terminal) async throws -> Void
    ) async throws {
        try await withServer { server in
            let terminal = try Terminal()
            let command = clientCommand(server.port, ["--history", file])
            let client = try await withProgram(command, terminal: terminal) { client in
                try await terminal.shows(">")
                try await body(client, terminal)
                try client.type("exit\r")
            }
            #expect(client.status == 0)
        }
    }

    private func say(_ lines: [String], _ client: Program, _ terminal: Terminal) async throws {
        for line in lines {
            try client.type(line + "\r")
            try await terminal.shows("> \(line)", line, ">")
        }
    }

    @Test(
        "The up arrow brings back this session's lines, the last first, then those of earlier ones",
        arguments: ["", "old\n"])
    func up(earlier: String) async throws {
        try await withTemporaryFolder { folder in
            try earlier.write(toFile: "\(folder)/history", atomically: false, encoding: .utf8)
            try await client("\(folder)/history") { client, terminal in
                try await say(["one", "two", "three"], client, terminal)
                for line in ["three", "two", "one"] + (earlier.isEmpty ? [] : ["old"]) {
                    try client.type(Terminal.Key.up)
                    try await terminal.shows("> \(line)")
                }
                try client.type("\u{1B}[B")
                try await terminal.shows(earlier.isEmpty ? "> two" : "> one")
                try client.type("\r")
                try await terminal.shows(">")
                // What was brought back and sent is the last line now.
                try client.type(Self.previous)
                try await terminal.shows(earlier.isEmpty ? "> two" : "> one")
                try client.type("\u{15}")
            }
        }
    }

    @Test("So it does at the operator's desk")
    func desk() async throws {
        try await withOperator { server, terminal in
            for answer in ["one", "two"] {
                let peer = try await server.ask("question", terminal)
                try server.program.type("\(answer)\r")
                #expect(try await peer.next() == .message(.answer(answer)))
                try peer.close()
            }
            let peer = try await server.ask("again", terminal)
            for line in ["two", "one"] {
                try server.program.type(Terminal.Key.up)
                try await terminal.shows("\(peer.local)> \(line)")
            }
            try server.program.type("\r")
            #expect(try await peer.next() == .message(.answer("one")))
        }
    }

    @Test("Lines that were pasted together are one question, and one entry, in the next session too")
    func pasted() async throws {
        try await withTemporaryFolder { folder in
            for isNext in [false, true] {
                try await client("\(folder)/history") { client, terminal in
                    // Bracketed paste (XTerm Control Sequences, private mode 2004).
                    let keys = isNext ? Terminal.Key.up + Terminal.Key.up : "\u{1B}[200~one\ntwo\u{1B}[201~"
                    try client.type(keys + "\r")
                    try await terminal.shows("one^Jtwo", ">")
                }
            }
            let file = try String(contentsOfFile: "\(folder)/history", encoding: .utf8)
            #expect(file == "one\u{1}two\nexit\none\u{1}two\nexit\n")
        }
    }

    @Test("A history that cannot be kept is told, and nothing waits for it")
    func fifo() async throws {
        try await withTemporaryFolder { folder in
            try #require(mkfifo("\(folder)/fifo", 0o600) == 0)
            try await client("\(folder)/fifo") { client, terminal in
                try await terminal.output.contains("no history: \(folder)/fifo: it is not a regular file")
                try await say(["one"], client, terminal)
                try client.type(Terminal.Key.up)
                try await terminal.shows("> one")
                try client.type("\u{15}")
            }
        }
    }
}
