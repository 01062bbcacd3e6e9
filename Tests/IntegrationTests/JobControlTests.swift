import ChatProtocol
import Foundation
import Glibc
import Testing

@Suite(
    "Signals at a terminal", .enabled(if: hasLineEditing, "built without GNU Readline"), .serialized,
    .timeLimit(.minutes(5)))
struct JobControlTests {
    /// The state of a process as proc(5) names it, such as T for stopped.
    private func state(of process: pid_t) throws -> Character? {
        let stat = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return stat.split(separator: ")").last?.split(separator: " ").first?.first
    }

    @Test("SIGTERM in the middle of a line gives the terminal back: exit code 143")
    func terminate() async throws {
        let server = try FakeServer()
        let terminal = try Terminal()
        let before = terminal.settings
        let command = clientCommand(server.port, ["--no-history"])
        let client = try await withProgram(command, terminal: terminal) { client in
            let peer = try await server.accept()
            try await terminal.shows(">")
            try client.type("half a li")
            try await terminal.shows("> half a li")
            client.signal(SIGTERM)
            #expect(try await peer.next() == .endOfStream)
        }
        #expect(client.status == 143)
        #expect(terminal.settings == before)
    }

    @Test("Ctrl-Z gives the terminal back and stops; SIGCONT takes it again, with the line as it was")
    func suspend() async throws {
        let server = try FakeServer()
        let terminal = try Terminal()
        let before = terminal.settings
        let command = clientCommand(server.port, ["--no-history"])
        let client = try await withProgram(command, terminal: terminal) { client in
            let peer = try await server.accept()
            try await terminal.shows(">")
            try client.type("half a li")
            try await terminal.shows("> half a li")
            let during = terminal.settings
            for _ in 1...2 {
                try client.type(Terminal.Key.suspend)
                try await eventually("stopped") { try state(of: client.process) == "T" }
                #expect(terminal.settings == before)
                client.signal(SIGCONT)
                try await eventually("the terminal is taken again") { terminal.settings == during }
            }
            try client.type("ne\r")
            #expect(try await peer.next() == .message(.question("half a line")))
            try await peer.send(.answer("answer"))
            try await terminal.shows("> half a line", "answer", ">")
            try client.type("exit\r")
            #expect(try await peer.next() == .message(.exit))
        }
        #expect(client.status == 0)
        #expect(terminal.settings == before)
    }

    @Test("A server that closed while the client was stopped is reported when it goes on: exit code 74")
    func closedWhileStopped() async throws {
        let server = try FakeServer()
        let terminal = try Terminal()
        let before = terminal.settings
        let command = clientCommand(server.port, ["--no-history"])
        let client = try await withProgram(command, terminal: terminal) { client in
            let peer = try await server.accept()
            try await terminal.shows(">")
            try client.type(Terminal.Key.suspend)
            try await eventually("stopped") { try state(of: client.process) == "T" }
            try peer.close()
            client.signal(SIGCONT)
        }
        #expect(client.output.contains("the server closed the connection (FIN, after a whole frame)"))
        #expect(client.status == 74)
        #expect(terminal.settings == before)
    }

    @Test("A window that becomes narrower is no reason to end")
    func resize() async throws {
        let server = try FakeServer()
        let terminal = try Terminal()
        let command = clientCommand(server.port, ["--no-history"])
        let client = try await withProgram(command, terminal: terminal) { client in
            let peer = try await server.accept()
            try await terminal.shows(">")
            terminal.resize(columns: 40)
            try client.type("hello\r")
            #expect(try await peer.next() == .message(.question("hello")))
            try await terminal.shows("> hello", ">")
            try client.type(Terminal.Key.endOfInput)
            #expect(try await peer.next() == .message(.exit))
        }
        #expect(client.status == 0)
    }
}
