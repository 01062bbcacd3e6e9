import ChatProtocol
import Testing

@Suite(
    "Jobs of a shell", .enabled(if: hasLineEditing, "built without GNU Readline"), .serialized, .timeLimit(.minutes(5)))
struct ShellJobTests {
    private static let prompt = "shell$"

    /// Runs a shell with job control at a terminal.
    private func shell(_ body: (Program, Terminal) async throws -> Void) async throws {
        let terminal = try Terminal()
        let command = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
        try await withProgram(command, terminal: terminal, environment: ["PS1": "\(Self.prompt) "]) { shell in
            try await terminal.shows(Self.prompt)
            // A job's end or stop is told at once, and not with the next prompt.
            try shell.type("set -o notify\r")
            try await terminal.output.until("notify\r\n\(Self.prompt)")
            try await body(shell, terminal)
            try shell.type("exit\r")
        }
    }

    @Test(
        "A client that was started in the background has its prompt and its echo after fg, and gives the terminal back")
    func client() async throws {
        let server = try FakeServer()
        try await shell { shell, terminal in
            let settings = terminal.settings
            let command = clientCommand(server.port, ["--no-history"]).joined(separator: " ")
            try shell.type("\(command) &\r")
            try await terminal.output.until("Stopped")
            try shell.type("fg\r")
            let peer = try await server.accept()
            try await terminal.output.contains("Connected: ")
            try await terminal.shows(">")
            try shell.type("hel")
            try await terminal.shows("> hel")
            try shell.type("lo\r")
            #expect(try await peer.next() == .message(.question("hello")))
            // Stopped, put into the background, and fetched again, with what was typed.
            try shell.type("half")
            try await terminal.shows("> half")
            try shell.type(Terminal.Key.suspend)
            try await terminal.output.until("Stopped")
            try await terminal.shows(Self.prompt)
            // It asks for the terminal, and is stopped for it: a fg before that would meet a job that is about to stop.
            try shell.type("bg\r")
            try await terminal.output.until("Stopped")
            try shell.type("fg\r")
            try await terminal.shows("> half")
            try shell.type(" a line\r")
            #expect(try await peer.next() == .message(.question("half a line")))
            try shell.type("exit\r")
            #expect(try await peer.next() == .message(.exit))
            try peer.close()
            try await terminal.shows(Self.prompt)
            #expect(terminal.settings == settings)
        }
    }

    @Test("So has a server's operator")
    func server() async throws {
        try await shell { shell, terminal in
            try shell.type("\(product("chat-server")) --port 0 &\r")
            try await terminal.output.until("listening on ")
            try await terminal.output.until("Stopped")
            try shell.type("fg\r")
            try await terminal.shows("(no question)")
            try shell.type("early")
            try await terminal.shows("(no question) early")
            try shell.type(Terminal.Key.suspend)
            try await terminal.shows(Self.prompt)
            try shell.type("fg\r")
            try await terminal.shows("(no question) early")
            try shell.type("\u{15}\(Terminal.Key.endOfInput)")
            try await terminal.shows(Self.prompt)
        }
    }

    @Test("doctor --watch gives the screen back while it is stopped, and takes it again")
    func watch() async throws {
        try await shell { shell, terminal in
            let settings = terminal.settings
            try shell.type("\(product("chat-lab")) doctor --watch 0.1\r")
            try await terminal.output.until("\u{1B}[?1049h")
            try await terminal.output.until("TCP sockets in this network")
            try shell.type(Terminal.Key.suspend)
            try await terminal.output.until("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
            try await terminal.output.until("Stopped")
            try await terminal.output.until(Self.prompt)
            try shell.type("fg\r")
            try await terminal.output.until("\u{1B}[?1049h")
            try await terminal.output.until("TCP sockets in this network")
            try shell.type(Terminal.Key.interrupt)
            try await terminal.output.until("\u{1B}[?1049l")
            try await terminal.output.until(Self.prompt)
            #expect(terminal.settings == settings)
        }
    }

    /// What asks for the terminal as soon as it starts, or at all.
    private static func programs(_ port: String) -> [[String]] {
        [
            clientCommand(port, ["--no-history"]), [product("chat-server"), "--port", "0"],
            [product("chat-lab"), "doctor", "--watch", "0.2"],
        ]
    }

    @Test(
        "In the background it stops, even where SIGTTOU is ignored, and ends when it is told to", arguments: 0..<3,
        [false, true])
    func killed(_ index: Int, ignoresSignal: Bool) async throws {
        let server = try FakeServer()
        try await shell { shell, terminal in
            if ignoresSignal { try shell.type("trap '' TTOU\r") }
            let command = Self.programs(server.port)[index].joined(separator: " ")
            try shell.type("\(command) > /dev/tty &\r")
            try await terminal.output.until("Stopped")
            try shell.type("kill %1\r")
            try await terminal.output.until(/Terminated|Done|Exit 143/)
        }
    }

    @Test("doctor --watch that is put into the background stops there")
    func watchInBackground() async throws {
        try await shell { shell, terminal in
            try shell.type("\(product("chat-lab")) doctor --watch 0.1\r")
            try await terminal.output.until("TCP sockets in this network")
            try shell.type(Terminal.Key.suspend)
            try await terminal.output.until("Stopped")
            try shell.type("bg\r")
            try await terminal.output.until("Stopped")
            try shell.type("kill %1\r")
            try await terminal.output.until(/Terminated|Exit 143/)
        }
    }
}
