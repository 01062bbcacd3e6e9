import Foundation
import Glibc
import Testing
import Text

@Suite("The screen of doctor --watch", .serialized, .timeLimit(.minutes(5)))
struct WatchScreenTests {
    /// What is to be seen in a window of a size.
    private func screen(columns: Int, rows: Int) async throws -> [String] {
        let terminal = try Terminal(columns: UInt16(columns), rows: UInt16(rows))
        // Drawn twice: nothing of the first time may be missing, or left over.
        let run = try await withProgram([product("chat-lab"), "doctor", "--watch", "0.1"], terminal: terminal) { lab in
            try await lab.output.contains("\u{1B}[H", times: 3)
            try lab.type(Terminal.Key.interrupt)
        }
        #expect(run.status == 130)
        let home = "\u{1B}[H"
        let twice = run.output.components(separatedBy: home).prefix(3).joined(separator: home)
        return Screen(Array(twice.utf8), columns: columns, rows: rows).lines
    }

    @Test(
        "A line as wide as the screen keeps its last character, also where it is drawn over another",
        arguments: [40, 80])
    func full(columns: Int) {
        let whole = String(repeating: "x", count: columns - 1) + "|"
        let before = screenful(of: "\(whole)\n\(whole)\n\(whole)", columns: columns, rows: 3)
        let after = screenful(of: "short\n\(whole)", columns: columns, rows: 3)
        let bytes = Array(("\u{1B}[?7l" + before + after).utf8)
        #expect(Screen(bytes, columns: columns, rows: 3).lines == ["short", whole])
    }

    @Test("A line that is too wide says that it is cut")
    func narrow() async throws {
        let seen = try await screen(columns: 40, rows: 100)
        #expect(seen.contains { $0.count == 40 && $0.hasSuffix("…") })
        #expect(seen.allSatisfy { $0.count <= 40 })
    }

    @Test("A progress line keeps to its row, and says where it is cut")
    func progress() async throws {
        try await withServer { server in
            let terminal = try Terminal(columns: 20)
            let command = [product("chat-load"), "--port", server.port, "--seconds", "0.5"]
            let run = try await withProgram(command, terminal: terminal)
            let drawn = run.output.components(separatedBy: "\r\u{1B}[K").dropFirst().dropLast()
            #expect(drawn.contains { $0.hasSuffix("…") })
            #expect(drawn.allSatisfy { $0.count < 20 })
        }
    }

    @Test("Lines that have no row are counted")
    func low() async throws {
        let seen = try await screen(columns: 100, rows: 10)
        #expect(seen.count == 10)
        #expect(seen.last?.wholeMatch(of: /… \d+ more lines: enlarge the window, or lower --top/) != nil)
    }
}
