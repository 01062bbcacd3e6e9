import Testing

@Suite("A conversation through pipes", .serialized, .timeLimit(.minutes(5)))
struct PipeTests {
    /// What is typed, and what an echoing server makes of it on standard output.
    struct Exchange: CustomTestStringConvertible, Sendable {
        let claim: String
        let input: String
        let output: String
        var testDescription: String { claim }
    }

    static let exchanges = [
        Exchange(claim: "an answer a line", input: "one\ntwo\nthree\n", output: "one\ntwo\nthree\n"),
        Exchange(claim: "a last line without a line end counts", input: "one\ntwo", output: "one\ntwo\n"),
        Exchange(claim: "no input, no answer", input: "", output: ""),
        Exchange(claim: "the word exit ends the conversation", input: "one\nexit\ntwo\n", output: "one\n"),
        Exchange(claim: "blanks around exit do not matter", input: "one\n \texit \ntwo\n", output: "one\n"),
        Exchange(claim: "exit inside a sentence is a question", input: "exit now\nEXIT\n", output: "exit now\nEXIT\n"),
        Exchange(claim: "an empty line is a question", input: "\n\none\n\n", output: "\n\none\n\n"),
        Exchange(claim: "blanks stay", input: "  one  \n", output: "  one  \n"),
        Exchange(
            claim: "a carriage return before the line end belongs to it", input: "one\r\ntwo\r\n", output: "one\ntwo\n"),
        Exchange(claim: "UTF-8 stays", input: "Grüße, 日本語 👩‍💻\n", output: "Grüße, 日本語 👩‍💻\n"),
        Exchange(
            claim: "a composed é stays apart from a decomposed one", input: "\u{E9} e\u{301}\n",
            output: "\u{E9} e\u{301}\n"),
        Exchange(claim: "a byte order mark stays", input: "\u{FEFF}one\n", output: "\u{FEFF}one\n"),
        Exchange(
            claim: "control characters become visible", input: "\u{1B}[2J\u{7}\t\u{7F}\u{0}\n",
            output: "^[[2J^G^I^?^@\n"),
        Exchange(
            claim: "so do C1 controls, line separators and turns of direction",
            input: "\u{9B}2J \u{2028} \u{202E} \u{2066}\n", output: "\\u{9b}2J \\u{2028} \\u{202e} \\u{2066}\n"),
        Exchange(
            claim: "the longest question that fits a frame",
            input: String(repeating: "x", count: 65_535) + "\n", output: String(repeating: "x", count: 65_535) + "\n"),
    ]

    @Test(
        "Standard output has the answers, a line each, and nothing else; standard error has nothing",
        arguments: exchanges)
    func answers(_ exchange: Exchange) async throws {
        try await withServer { server in
            let client = try await runClient(server, input: exchange.input)
            // By bytes: Swift takes strings for equal that are not the same.
            #expect(Array(client.output.utf8) == Array(exchange.output.utf8))
            #expect(client.errors == "")
            #expect(client.status == 0)
        }
    }

    @Test("Two hundred answers come in the order of the questions")
    func order() async throws {
        let questions = (1...200).map { "question \($0)" }
        try await withServer { server in
            let client = try await runClient(server, input: questions.map { $0 + "\n" }.joined())
            #expect(client.lines == questions)
        }
    }

    @Test("An answer is on standard output before the next question is typed")
    func answersAtOnce() async throws {
        try await withServer { server in
            let client = try await withProgram(clientCommand(server.port)) { client in
                for question in ["one", "two"] {
                    try client.type(question + "\n")
                    try await client.output.until(question + "\n")
                }
                try client.type("exit\n")
            }
            #expect(client.status == 0)
        }
    }

    @Test("The padding of a server is not to be seen")
    func padding() async throws {
        try await withServer(["--answer", "echo", "--padding", "65000"]) { server in
            let client = try await runClient(server, input: "one\ntwo\n")
            #expect(client.output == "one\ntwo\n")
            #expect(client.errors == "")
            #expect(client.status == 0)
        }
    }

    @Test("An answer that cannot be written is not lost in silence: exit code 74")
    func full() async throws {
        try await withServer { server in
            let command = ["sh", "-c", "exec \"$@\" > /dev/full", "sh"] + clientCommand(server.port)
            let client = try await withProgram(command, input: "one\n")
            #expect(client.errors == "chat-client: standard output: ENOSPC (No space left on device)\n")
            #expect(client.status == 74)
        }
    }

    @Test("A line that is not UTF-8 is named and not sent, and the exit code is 65")
    func notUTF8() async throws {
        try await withServer { server in
            let client = try await withProgram(clientCommand(server.port)) { client in
                try client.type(Array("one\n".utf8) + [0xFF, 0x0A])
            }
            #expect(client.output == "one\n")
            #expect(client.errors == "chat-client: line 2 is not UTF-8; not sent\n")
            #expect(client.status == 65)
        }
    }

    @Test("A line too long for a frame is named and not sent, and the exit code is 65")
    func tooLong() async throws {
        try await withServer { server in
            let client = try await runClient(server, input: "one\n" + String(repeating: "x", count: 65_536) + "\n")
            #expect(client.output == "one\n")
            #expect(
                client.errors
                    == "chat-client: a question of 65536 bytes does not fit a frame of 65536; not sent\n")
            #expect(client.status == 65)
        }
    }

    @Test(
        "When the reader of the answers has gone away the client ends with 141, whether SIGPIPE is ignored or not",
        arguments: [true, false])
    func readerGone(ignoresSignal: Bool) async throws {
        let script = """
            \(ignoresSignal ? "trap '' PIPE" : "")
            yes 2> /dev/null | "$@" | head -1
            echo "${PIPESTATUS[1]}"
            """
        try await withServer { server in
            let run = try await withProgram(["bash", "-c", script, "bash"] + clientCommand(server.port), input: "")
            #expect(run.output == "y\n141\n")
            #expect(run.errors == "")
        }
    }
}
