import Claims
import Foundation
import Glibc
import Recordings
import Testing

/// Whether chat-lab can make its hosts here without asking anybody.
private let canMakeHosts = geteuid() == 0 && access("/dev/net/tun", R_OK | W_OK) == 0

@Suite("What the laboratory says in words", .serialized, .timeLimit(.minutes(5)))
struct LabWordsTests {
    @Test(
        "What cannot be taken is said in words",
        arguments: [
            (["run", "--expect", "/no/such/file"], "--expect /no/such/file: ENOENT (No such file or directory)"),
            (["run", "--expect", "/"], "--expect: read /: EISDIR (Is a directory)"),
            (["run", "--expect", "/dev/null"], "--expect: /dev/null is not a report of chat-lab: it is not JSON"),
            (["run", "--output", ""], "--output: the path is empty"),
            (["show", "explicit*"], "explicit* is a pattern, and this needs one name"),
            (["show", "matrix"], "matrix is all \(Matrix.cells().count) cells, and this needs one name"),
            (["step", "matrix"], "matrix is all \(Matrix.cells().count) cells, and this needs one name"),
            (["step", "A1"], "step plays no claim: chat-lab show A1"), (["show", ""], "the name is empty"),
            (["explain", ""], "the name is empty"),
            (
                ["explain", "zzz"],
                "explain has no topic zzz; chat-lab explain lists the names"
            ),
            (["expalin", "EPIPE"], "there is no command expalin; did you mean explain?"),
            (["xyzzyx"], "there is no command xyzzyx; chat-lab --help lists them"),
            (["run", "passive"], "there is no cell, experiment or claim passive; did you mean explicit-passive, "),
            (["step", "pasive"], "there is no cell, experiment or claim pasive; did you mean explicit-passive, "),
            (
                ["explain", "tcp_tw_reus"],
                "explain has no topic tcp_tw_reus; did you mean tcp_tw_reuse or tcp_tw_reuse_delay?"
            ),
            (["explain", "ephemerall"], "explain has no topic ephemerall; did you mean ephemeral-ports?"),
            (["run", "--formt", "json"], "Unknown option '--formt'"),
            (["step", "--colr", "never"], "Unknown option '--colr'"),
            (["explain", "--prot", "7000"], "Unknown option '--prot'"),
            (["show", "--colr", "never"], "Unknown option '--colr'"),
            (["explain", "--port", "70000"], "--port must be from 1 to 65535"),
        ])
    func complaint(_ arguments: [String], _ words: String) async throws {
        let run = try await withProgram([product("chat-lab")] + arguments, input: "")
        #expect(run.status == 64)
        #expect(run.errors.contains("Error: \(words)"))
    }

    @Test("A close strategy is explained, not shown")
    func strategy() async throws {
        let run = try await withProgram([product("chat-lab"), "show", "passive"], input: "")
        #expect(run.status == 64)
        #expect(run.errors.contains("For passive itself: chat-lab explain 'passive'"))
    }

    @Test(
        "At a terminal of 80 columns no line is longer",
        arguments: [["list", "--no-pager"], ["show", "A1"], ["show", "last-ack-lost"], ["explain"]])
    func narrow(_ arguments: [String]) async throws {
        let run = try await withProgram([product("chat-lab")] + arguments, terminal: Terminal(columns: 80))
        #expect(run.status == 0)
        let lines = run.output.replacing(/\u{1B}\[[\d;]*m/, with: "").split(whereSeparator: \.isNewline)
        #expect(lines.contains { $0.count > 60 })
        #expect(lines.filter { $0.count > 80 && !$0.contains("<settled") } == [])
    }
}

@Suite(
    "Where the laboratory's report goes", .enabled(if: canMakeHosts, "needs root and /dev/net/tun"), .serialized,
    .timeLimit(.minutes(5)))
struct LabOutputTests {
    private func lab(_ arguments: String...) async throws -> Finished {
        try await withProgram([product("chat-lab"), "run"] + arguments, input: "")
    }

    @Test("In the place of an earlier report none of its captures is left; elsewhere nothing is removed")
    func replaced() async throws {
        try await withTemporaryFolder { folder in
            let files = FileManager.default
            try files.createDirectory(atPath: "\(folder)/cells", withIntermediateDirectories: false)
            #expect(files.createFile(atPath: "\(folder)/cells/own.pcap", contents: nil))
            #expect(try await lab("explicit-reset", "self-connection", "--output", folder).status == 0)
            #expect(
                try Set(files.contentsOfDirectory(atPath: "\(folder)/cells")) == [
                    "own.pcap", "explicit-reset.pcap", "explicit-reset.svg",
                ])
            #expect(try await lab("explicit-active", "--output", folder).status == 0)
            #expect(
                try Set(files.contentsOfDirectory(atPath: "\(folder)/cells")) == [
                    "explicit-active.pcap", "explicit-active.svg",
                ])
            #expect(!files.fileExists(atPath: "\(folder)/experiments"))
        }
    }

    @Test("A folder that cannot be made is said before the run: exit code 74")
    func noFolder() async throws {
        let run = try await lab("explicit-reset", "--output", "/dev/null/folder")
        #expect(run.status == 74)
        #expect(run.output == "")
        #expect(run.errorsAtAnyPace == "chat-lab: mkdir /dev/null: EEXIST (File exists)\n")
    }

    @Test("What is shown and what is written do not depend on one another")
    func full() async throws {
        try await withTemporaryFolder { folder in
            let script = "exec \"$@\" > /dev/full"
            let command = ["sh", "-c", script, "sh", product("chat-lab"), "run", "explicit-reset", "--output", folder]
            let run = try await withProgram(command, input: "")
            #expect(run.status == 74)
            #expect(run.errorsAtAnyPace == "chat-lab: standard output: ENOSPC (No space left on device)\n")
            #expect(FileManager.default.fileExists(atPath: "\(folder)/report.json"))
            // A folder in the report's place: it cannot be written, and the result is shown all the same.
            try FileManager.default.removeItem(atPath: "\(folder)/report.json")
            try FileManager.default.createDirectory(
                atPath: "\(folder)/report.json", withIntermediateDirectories: false)
            let shown = try await lab("explicit-reset", "--output", folder)
            #expect(shown.status == 74)
            #expect(shown.output.contains("1 cell, 0 experiments"))
            #expect(shown.errorsAtAnyPace == "chat-lab: rename \(folder)/report.json: EISDIR (Is a directory)\n")
        }
    }

    @Test("A claim is shown by its answer, its verdict and its segments; --verbose shows all, --quiet nothing")
    func claim() async throws {
        let short = try await lab("F6")
        #expect(short.status == 0)
        #expect(short.lines.count <= 60)
        #expect(short.lines.first == Claim.named("F6")?.answer.text)
        #expect(short.output.contains("verdict   confirmed") && short.output.contains("RST"))
        let verbose = try await lab("F6", "--verbose")
        #expect(verbose.output.contains("Experiments: disconnection."))
        let quiet = try await lab("F6", "--quiet")
        #expect((quiet.status, quiet.output, quiet.errors) == (0, "", ""))
        #expect(try await lab("F6", "--quiet", "--verbose").status == 64)
    }

    @Test(
        "A claim of the matrix is shown in 60 lines of 100 columns, with both conversations, and its own cells alone run"
    )
    func claimOfMatrix() async throws {
        let run = try await lab("B10")
        #expect(run.status == 0)
        #expect(run.lines.count <= 60)
        #expect(run.lines.filter { $0.count > 100 } == [])
        #expect(run.lines.first == Claim.named("B10")?.answer.text)
        #expect(run.lines.contains("explicit-reuse-both-active"))
        #expect(run.lines.contains("the same client again: ok"))
        #expect(!run.output.contains("Only a part of what tests"))
        let document = try await lab("B10", "--format", "json").output
        #expect(!document.contains("\"id\" : \"explicit-active\""))
        #expect(document.contains("\"id\" : \"explicit-reuse-both-active\""))
    }

    @Test("Several claims, a pattern, a cell and an experiment are shown in so many lines as they need")
    func names() async throws {
        let claims = try await lab("F6", "F5")
        #expect(claims.lines.filter { $0.hasPrefix("claim ") } == ["claim     F6", "claim     F5"])
        let pattern = try await lab("explicit-active*")
        #expect(pattern.lines.count <= 100 && pattern.output.contains("8 cells, 0 experiments"))
        let cell = try await lab("explicit-active")
        #expect(cell.lines.count <= 100 && cell.output.contains("the same client again: bind EADDRINUSE"))
        let experiment = try await lab("last-ack-lost")
        #expect(experiment.lines.count <= 100)
        #expect(experiment.output.contains(/ACK seq \d+ ack \d+ -- dropped x/))
    }

    @Test("In a pipe nothing is paged")
    func notPaged() async throws {
        let run = try await withProgram(
            [product("chat-lab"), "run", "F6"], environment: ["CHAT_LAB_PAGER": "sed s/^/paged:/"], input: "")
        #expect(run.status == 0)
        #expect(run.output.contains("claim     F6") && !run.output.contains("paged:"))
    }

    @Test("NO_COLOR leaves a terminal without colour", arguments: [("", true), ("1", false)])
    func colour(_ value: String, _ isColoured: Bool) async throws {
        let run = try await withProgram(
            [product("chat-lab"), "run", "F6", "--no-pager"], terminal: Terminal(), environment: ["NO_COLOR": value])
        #expect(run.status == 0)
        #expect(run.output.contains(/\u{1B}\[\d+m/) == isColoured)
    }

    @Test("Ctrl-C is the pager's, and the program waits for it")
    func interruptedPager() async throws {
        let terminal = try Terminal(columns: 80, rows: 10)
        let pager = "trap 'echo interrupted; exit 0' INT; cat > /dev/null; echo paging; read -r line < /dev/tty"
        let run = try await withProgram(
            [product("chat-lab"), "run", "F6"], terminal: terminal, environment: ["CHAT_LAB_PAGER": pager]
        ) { lab in
            try await lab.output.until("paging\r\n")
            try lab.type(Terminal.Key.interrupt)
        }
        #expect(run.status == 0)
        #expect(run.output.contains("interrupted"))
    }

    @Test("A report that is longer than the terminal is paged, by the pager that the user names")
    func paged() async throws {
        let command = [product("chat-lab"), "run", "F6"]
        let script = "CHAT_LAB_PAGER='sed s/^/paged:/' exec \"$@\""
        let run = try await withProgram(
            ["sh", "-c", script, "sh"] + command, terminal: Terminal(columns: 80, rows: 10))
        #expect(run.status == 0)
        #expect(run.output.contains("paged:claim     F6"))
        let plain = try await withProgram(
            ["sh", "-c", script, "sh"] + command + ["--no-pager"], terminal: Terminal(columns: 80, rows: 10))
        #expect(!plain.output.contains("paged:") && plain.output.contains("claim     F6"))
        let missing = "CHAT_LAB_PAGER=no-such-pager exec \"$@\" 2>/dev/null"
        let shown = try await withProgram(
            ["sh", "-c", missing, "sh"] + command, terminal: Terminal(columns: 80, rows: 10))
        #expect(shown.output.contains("claim     F6"))
    }

    @Test("A list that is longer than the terminal is paged too", arguments: [["list"], ["list", "--cells"]])
    func pagedList(_ arguments: [String]) async throws {
        let environment = ["CHAT_LAB_PAGER": "sed s/^/paged:/"]
        let command = [product("chat-lab")] + arguments
        let run = try await withProgram(
            command, terminal: Terminal(columns: 100, rows: 10), environment: environment)
        #expect(run.status == 0)
        let first = arguments.count > 1 ? "paged:explicit-active" : "paged:time-wait-and-reset "
        #expect(run.output.hasPrefix(first))
        let plain = try await withProgram(
            command + ["--no-pager"], terminal: Terminal(columns: 100, rows: 10), environment: environment)
        #expect(!plain.output.contains("paged:") && plain.output.count > 1000)
        let piped = try await withProgram(command, environment: environment, input: "")
        #expect(!piped.output.contains("paged:"))
    }

    @Test("At a terminal of 80 columns the report is no wider")
    func narrow() async throws {
        let run = try await withProgram(
            [product("chat-lab"), "run", "explicit-active", "explicit-reset", "A12", "--no-pager"],
            terminal: Terminal(columns: 80))
        #expect(run.status == 0)
        let lines = run.output.replacing(/\u{1B}\[[\d;]*[mK]/, with: "").split(whereSeparator: \.isNewline)
        #expect(lines.filter { $0.count > 80 && !$0.contains("\r") && !$0.contains("<settled") } == [])
    }
}
