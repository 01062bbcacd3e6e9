import ChatProtocol
import Glibc
import Testing

@Suite(
    "The prompt names who gets the line", .enabled(if: hasLineEditing, "built without GNU Readline"), .serialized,
    .timeLimit(.minutes(5)))
struct OperatorPromptTests {
    /// A mode of GNU Readline in which the program's prompt is not to be seen, or keys mean something else.
    struct Mode: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let keys: String
        /// What the screen then ends with.
        let shown: String
        /// What leaves it.
        let end: String
        /// What is left in the line.
        let line: String
    }

    private static let search = "\u{12}"
    private static let escape = "\u{1B}"
    private static let abort = "\u{7}"

    static let modes = [
        Mode(
            testDescription: "a search that has found", keys: search + "ear", shown: "(reverse-i-search)`ear': earlier",
            end: escape, line: "earlier"),
        Mode(
            testDescription: "a search that is given up", keys: search + "ear",
            shown: "(reverse-i-search)`ear': earlier", end: abort, line: ""),
        Mode(
            testDescription: "a search for something else", keys: search + "xyz",
            shown: "(failed reverse-i-search)`xyz':", end: abort, line: ""),
        Mode(testDescription: "a half-typed answer", keys: "half", shown: " half", end: "", line: "half"),
        Mode(testDescription: "a numeric argument", keys: escape + "3", shown: "(arg: 3)", end: "x", line: "xxx"),
        Mode(
            testDescription: "a search from a line of its own", keys: escape + "pear", shown: ":ear", end: "\r",
            line: "earlier"),
    ]

    @Test("An asker leaves: the line is for nobody, and the next one for whom the prompt then names", arguments: modes)
    func leaves(_ mode: Mode) async throws {
        try await withOperator { server, terminal in
            try await type("earlier\r", server, terminal)
            let first = try await server.ask("one", terminal)
            let second = try await server.ask("two", terminal)
            try server.program.type(mode.keys)
            try await terminal.output.satisfies(mode.shown) { Screen($0).lines.last?.hasSuffix(mode.shown) == true }
            try await server.leave(first, terminal)
            try server.program.type(mode.end)
            if mode.line.isEmpty {
                try await terminal.shows("\(second.local)>")
            } else {
                try await terminal.shows("\(first.local)> \(mode.line)")
                try server.program.type("\r")
                try await terminal.shows("\(first.local) has left; nothing was sent.", "\(second.local)>")
            }
            try server.program.type("for the second\r")
            #expect(try await second.next() == .message(.answer("for the second")))
        }
    }

    @Test(
        "A question arrives: the line is for nobody, and the next one for whom the prompt then names", arguments: modes)
    func arrives(_ mode: Mode) async throws {
        try await withOperator { server, terminal in
            try await type("earlier\r", server, terminal)
            try server.program.type(mode.keys)
            try await terminal.output.satisfies(mode.shown) { Screen($0).lines.last?.hasSuffix(mode.shown) == true }
            let peer = try await server.ask("one", terminal)
            try server.program.type(mode.end)
            if mode.line.isEmpty {
                try await terminal.shows("\(peer.local)>")
            } else {
                try await terminal.shows("(no question) \(mode.line)")
                try server.program.type("\r")
                try await terminal.shows("No question was in the prompt; nothing was sent.", "\(peer.local)>")
            }
            try server.program.type("for the asker\r")
            #expect(try await peer.next() == .message(.answer("for the asker")))
        }
    }

    @Test("Enter in a search sends what it has found to whom the prompt named before")
    func enterInSearch() async throws {
        try await withOperator { server, terminal in
            try await type("earlier\r", server, terminal)
            let first = try await server.ask("one", terminal)
            let second = try await server.ask("two", terminal)
            try await terminal.shows("\(first.local)>")
            try server.program.type(Self.search + "ear")
            try await terminal.shows("(reverse-i-search)`ear': earlier")
            try server.program.type("\r")
            #expect(try await first.next() == .message(.answer("earlier")))
            try await terminal.shows("\(first.local)> earlier", "\(second.local)>")
        }
    }

    @Test("What was typed for somebody who has gone comes back with the up arrow")
    func recalled() async throws {
        try await withOperator { server, terminal in
            let first = try await server.ask("one", terminal)
            let second = try await server.ask("two", terminal)
            try await terminal.shows("\(first.local)>")
            try server.program.type("the same for both")
            try await terminal.shows("\(first.local)> the same for both")
            try await server.leave(first, terminal)
            try server.program.type("\r")
            try await terminal.shows("\(second.local)>")
            try server.program.type(Terminal.Key.up)
            try await terminal.shows("\(second.local)> the same for both")
            try server.program.type("\r")
            #expect(try await second.next() == .message(.answer("the same for both")))
        }
    }

    @Test("What was typed before a question was in the prompt is for nobody")
    func typedAhead() async throws {
        try await withOperator { server, terminal in
            let first = try await server.ask("one", terminal)
            let second = try await server.ask("two", terminal)
            try await terminal.shows("\(first.local)>")
            try server.program.type("for the first\rtyped ahead\r")
            #expect(try await first.next() == .message(.answer("for the first")))
            try await terminal.shows(
                "What you typed before this question was in the prompt was not sent; type it again.",
                "\(second.local)>")
            try server.program.type("for the second\r")
            #expect(try await second.next() == .message(.answer("for the second")))
        }
    }

    @Test("A line that is deleted again makes room for the next prompt")
    func deleted() async throws {
        try await withOperator { server, terminal in
            let first = try await server.ask("one", terminal)
            let second = try await server.ask("two", terminal)
            try server.program.type("half")
            try await terminal.shows("\(first.local)> half")
            try await server.leave(first, terminal)
            try server.program.type("\u{15}")
            try await terminal.shows("\(second.local)>")
        }
    }

    /// A line while nobody asks, so that it is in the history.
    private func type(_ line: String, _ server: Server, _ terminal: Terminal) async throws {
        try server.program.type(line)
        try await terminal.shows("No question was in the prompt; nothing was sent.", "(no question)")
    }
}
