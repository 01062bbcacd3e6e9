import Foundation
import Testing

/// Colour on a terminal and in a pipe.
@Suite("--color", .timeLimit(.minutes(5)))
struct ColorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let flag: String?
        let environment: [String: String]
        let onTerminal: Bool
        let inPipe: Bool
        var testDescription: String { "\(flag ?? "no flag") \(environment)" }
    }

    static let cases = [
        Case(flag: nil, environment: [:], onTerminal: true, inPipe: false),
        Case(flag: "auto", environment: [:], onTerminal: true, inPipe: false),
        Case(flag: "auto", environment: ["NO_COLOR": "1"], onTerminal: false, inPipe: false),
        Case(flag: "auto", environment: ["TERM": "dumb"], onTerminal: false, inPipe: false),
        Case(flag: "always", environment: ["NO_COLOR": "1", "TERM": "dumb"], onTerminal: true, inPipe: true),
        Case(flag: "never", environment: [:], onTerminal: false, inPipe: false),
    ]

    private static let bold = "\u{1B}[1m"

    @Test("auto asks the terminal, NO_COLOR and TERM; always and never win over them", arguments: cases)
    func choice(_ setting: Case) async throws {
        let command = [product("chat-lab"), "explain", "EPIPE"] + (setting.flag.map { ["--color", $0] } ?? [])
        let environment = ["TERM": "xterm", "NO_COLOR": ""].merging(setting.environment) { $1 }
        let piped = try await withProgram(command, environment: environment, input: "")
        #expect(piped.status == 0)
        #expect(piped.output.contains(Self.bold) == setting.inPipe)
        let terminal = try Terminal()
        let shown = try await withProgram(command, terminal: terminal, environment: environment) {
            try await $0.output.until("What to do")
        }
        #expect(shown.status == 0)
        #expect(shown.output.contains(Self.bold) == setting.onTerminal)
    }

    @Test("Names are bold in what lists them, and nothing else differs", arguments: [["list"], ["show", "A1"]])
    func names(_ arguments: [String]) async throws {
        let plain = try await withProgram([product("chat-lab")] + arguments, input: "")
        let coloured = try await withProgram([product("chat-lab")] + arguments + ["--color", "always"], input: "")
        #expect(!plain.output.contains("\u{1B}"))
        #expect(coloured.output.contains(Self.bold))
        #expect(coloured.output.replacing(/\u{1B}\[\d*m/, with: "") == plain.output)
    }

    @Test(
        "Each command that can be in colour has the flag",
        arguments: [
            "run", "list", "show", "step", "try", "read", "watch", "compare", "explain", "doctor",
        ])
    func commands(_ name: String) async throws {
        let help = try await withProgram([product("chat-lab"), name, "--help"], input: "")
        #expect(help.output.contains("--color <when>"))
    }
}
