import Foundation
import TCPSockets
import Testing

/// The completions, asked for by the shells themselves, as `make install` leaves them.
@Suite("Completion", .serialized, .timeLimit(.minutes(5)))
struct CompletionTests {
    /// A command line, and what must be among what is offered for the word at its end.
    struct Line: CustomTestStringConvertible, Sendable {
        let words: String
        let offers: [String]
        var program: Substring { words.prefix { $0 != " " } }
        var testDescription: String { words }
    }

    /// The name of process 1, which always runs.
    private static let firstProcess =
        (try? String(contentsOf: URL(filePath: "/proc/1/comm"), encoding: .utf8).split(separator: "\n").first).map {
            String($0)
        }
        ?? "?"

    static let lines = [
        Line(words: "chat-client --close ", offers: CloseStrategy.allCases.map(\.rawValue)),
        Line(words: "chat-server --close ", offers: ["first", "last", "never"]),
        Line(words: "chat-load --mode ", offers: ["persistent", "churn"]),
        Line(
            words: "chat-lab ",
            offers: ["run", "list", "show", "step", "try", "read", "compare", "explain", "doctor", "watch"]),
        Line(words: "chat-lab try --format ", offers: ["text", "json", "html"]),
        Line(words: "chat-lab explain EADDR", offers: ["EADDRINUSE", "EADDRNOTAVAIL"]),
        Line(words: "chat-lab explain TIME-", offers: ["TIME-WAIT"]),
        Line(words: "chat-lab explain tcp_tw_", offers: ["tcp_tw_reuse", "tcp_tw_reuse_delay"]),
        Line(words: "chat-lab explain --color ", offers: ["auto", "always", "never"]),
        Line(words: "chat-lab run explicit-pas", offers: ["explicit-passive", "explicit-passive-server-last"]),
        Line(words: "chat-lab run port-", offers: ["port-exhaustion"]),
        Line(words: "chat-lab run explicit-active matr", offers: ["matrix"]),
        Line(words: "chat-lab show A1", offers: ["A1", "A10", "A11"]),
        Line(words: "chat-lab watch --process \(firstProcess.prefix(1))", offers: [firstProcess]),
        Line(words: "chat-lab try --sysctl net.ipv4.tcp_rf", offers: ["net.ipv4.tcp_rfc1337"]),
        Line(words: "chat-lab step simultaneous-c", offers: ["simultaneous-close"]),
        Line(words: "chat-server --answer ", offers: ["operator", "echo"]),
    ]

    /// The same, and files of the kinds that two commands take.
    private func lines(filesIn folder: String) throws -> [Line] {
        for name in ["zz-report.json", "zz-capture.pcap"] { try Data().write(to: URL(filePath: "\(folder)/\(name)")) }
        return Self.lines + [
            Line(words: "chat-lab compare \(folder)/zz-", offers: ["zz-report.json"]),
            Line(words: "chat-lab read \(folder)/zz-", offers: ["zz-capture.pcap"]),
        ]
    }

    private func name(_ offer: String) -> String {
        offer.components(separatedBy: "/").last ?? ""
    }

    /// The folder of a shell's completions, of the executables under test.
    private func withCompletions(_ folder: String, _ body: (String) async throws -> Void) async throws {
        try await withTemporaryFolder { prefix in
            let sources = #filePath.components(separatedBy: "/Tests/")[0]
            let build = product("chat-lab").replacing(/\/chat-lab$/, with: "")
            let make = ["make", "--silent", "-C", sources, "install-files", "BUILD=\(build)", "PREFIX=\(prefix)"]
            let run = try await withProgram(make, input: "")
            try #require(run.status == 0, "\(run.errors)")
            try await body("\(prefix)/share/\(folder)")
        }
    }

    /// Where a shell finds the programs, which are asked for names.
    private func path(_ completions: String) -> [String: String] {
        let prefix = completions.components(separatedBy: "/share/")[0]
        return ["PATH": "\(prefix)/bin:\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"]
    }

    @Test("in bash")
    func bash() async throws {
        // What readline sets before it calls the function that `complete` named (bash(1), Programmable Completion).
        let script = """
            source "$1/$3"; COMP_LINE="${*:3} $2"; COMP_POINT=${#COMP_LINE}; COMP_WORDS=("${@:3}" "$2")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _$3 $3 "$2" "${COMP_WORDS[COMP_CWORD - 1]}"; printf '%s\\n' "${COMPREPLY[@]}"
            """
        try await withCompletions("bash-completion/completions") { folder in
            for line in try lines(filesIn: folder) {
                let words = line.words.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
                let command = ["bash", "-c", script, "bash", folder, words.last ?? ""] + words.dropLast()
                let run = try await withProgram(command, environment: path(folder), input: "")
                #expect(run.errors == "")
                #expect(Set(run.lines.map(name)).isSuperset(of: line.offers), "\(line.words): \(run.lines)")
            }
        }
    }

    @Test("The flags of a run are known to each shell", arguments: ["bash", "zsh", "fish"])
    func flags(_ shell: String) async throws {
        let script = try await withProgram([product("chat-lab"), "--generate-completion-script", shell], input: "")
        #expect(script.status == 0)
        for flag in ["verbose", "quiet", "no-pager"] { #expect(script.output.contains(flag), "\(flag)") }
    }

    @Test("in fish", .enabled(if: isInstalled("fish"), "fish is not installed"))
    func fish() async throws {
        try await withCompletions("fish/vendor_completions.d") { folder in
            let terminal = try Terminal()
            // It wants a place for its settings.
            let environment = path(folder).merging(["HOME": folder, "TERM": "xterm"]) { $1 }
            try await withProgram(
                ["fish", "--no-config", "--private"], terminal: terminal, environment: environment
            ) { shell in
                for program in Set(Self.lines.map(\.program)) { try shell.type("source \(folder)/\(program).fish\n") }
                for line in try lines(filesIn: folder) {
                    try shell.type("complete -C '\(line.words)' >\(folder)/offers; echo D''ONE\n")
                    try await shell.output.until("DONE\r\n")
                    let text = try String(contentsOf: URL(filePath: "\(folder)/offers"), encoding: .utf8)
                    let offers = text.split(separator: "\n").map { name(String($0.prefix { $0 != "\t" })) }
                    #expect(Set(offers).isSuperset(of: line.offers), "\(line.words): \(offers)")
                }
                try shell.type("exit\n")
            }
        }
    }

    @Test("in zsh", .enabled(if: isInstalled("zsh"), "zsh is not installed"))
    func zsh() async throws {
        try await withCompletions("zsh/site-functions") { folder in
            let terminal = try Terminal()
            try await withProgram(["zsh", "-f", "-i"], terminal: terminal, environment: path(folder)) { shell in
                // With each word alone, and not beside its explanation, which many share.
                try shell.type(
                    "PROMPT=; fpath=(\(folder) $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=0;"
                        + " zstyle ':completion:*' verbose no; bindkey '^I' list-choices; echo RE''ADY\n")
                try await shell.output.until("READY\r\n")
                for line in try lines(filesIn: folder) {
                    try shell.type("\(line.words)\t")
                    for offer in line.offers.sorted() { try await offered(offer, by: shell, line) }
                    // Ctrl-U takes the line away; what echo says shows that all that was offered is past.
                    try shell.type("\u{15}echo D''ONE\n")
                    try await shell.output.until("DONE\r\n")
                }
                try shell.type("exit\n")
            }
        }
    }

    private func offered(_ offer: String, by shell: Program, _ line: Line) async throws {
        do {
            try await shell.output.contains(offer)
        } catch {
            throw Output.NotSeen(description: "\(line.words): \(offer) is not offered, but \(shell.output.text)")
        }
    }
}
