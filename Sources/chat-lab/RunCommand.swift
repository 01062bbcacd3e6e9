import ArgumentParser
import Bench
import Claims
import Console
import Flags
import Glibc
import Pages
import Recordings
import Reports
import Runs
import Scenes
import TCPSockets
import Text

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs cells and experiments, and shows what they say about the claims.",
        discussion: """
            EXAMPLES
              chat-lab run                        everything that needs no waiting
              chat-lab run --full                 also waits for each TIME-WAIT to end
              chat-lab run explicit-active A12    one cell, and what bears on one claim
              chat-lab run 'implicit-*' --family 4
              chat-lab run --output DIR           with report and captures in DIR
              chat-lab run --expect DIR/report.json
                  the same as then?
              chat-lab run B10                    a claim: answer, verdict, reasons, segments
              chat-lab run B10 E3                 two of them, one after the other
              chat-lab run --verbose              every verdict with its reasons
              chat-lab run --quiet                the exit status alone
              CHAT_LAB_PAGER='less -S' chat-lab run

            ENVIRONMENT
              CHAT_LAB_PAGER, PAGER   the pager: the first that is set, else less;
                                      empty or cat: none
              NO_COLOR                nothing is in colour, unless --color always

            EXIT STATUS
              0    success, whatever the verdicts
              1    not as in --expect, or not the same in every run
              64   wrong usage
              70   a part of it could not run
              74   the report cannot be written
              77   privileges or devices are missing
              130  ended by SIGINT
              143  ended by SIGTERM
            """)

    @Argument(
        help: ArgumentHelp(
            "Cells, experiments, claims, matrix, or patterns with *. None: everything.", valueName: "experiment"),
        completion: NameCompletion.ofRun)
    var names: [String] = []

    @Flag(help: "Also wait for TIME-WAITs to end: 60 s each on Linux.")
    var full = false

    @Option(help: "The addresses of the cells: 4, 6 or both.")
    var family = Families.both

    @Option(help: "How many times; all runs must agree.")
    var `repeat` = 1

    @Option(help: "How many pairs of hosts work at the same time. (default: as this machine allows, at most 16)")
    var jobs: Int?

    @Option(help: "How the report is shown: table, json, tap or markdown.")
    var format = Format.table

    @Option(
        help: ArgumentHelp(
            "Where to write the report, with a capture and a drawing of each recording.", valueName: "dir"),
        completion: .directory)
    var output: String?

    @Option(
        help: ArgumentHelp("An earlier report.json, with which this run must agree.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var expect: String?

    @Flag(help: "Show all findings, not the short report.")
    var verbose = false

    @Flag(help: "Show nothing; only the exit status.")
    var quiet = false

    @Flag(inversion: .prefixedNo, help: "Page a report that is longer than the terminal (CHAT_LAB_PAGER, PAGER, less).")
    var pager = true

    @OptionGroup
    var color: ColorFlag

    func validate() throws {
        try require(!(verbose && quiet), "--verbose and --quiet cannot be combined")
        try requireOneOrMore(`repeat`, "--repeat")
        try require((1...1024).contains(jobs ?? 1), "--jobs must be from 1 to 1024")
        try require(output != "", "--output: the path is empty")
        try require(expect != "", "--expect: the path is empty")
        do { _ = try selection() } catch  where Self.isGivenUnknownOption {}
    }

    private func selection() throws -> Selection {
        do {
            return try Selection(names, families: family.families)
        } catch {
            throw ValidationError(error.description)
        }
    }

    func run() async throws {
        openStandardDescriptors()
        ignoreBrokenPipes()
        let descriptors = raiseDescriptorLimit()
        let selection = try selection()
        try findExpectation()
        try await requirePrivileges()
        let expected = try expectation()
        let folder = try orExit(.connectionLost) { () throws -> ReportFolder? in
            try output.map { try ReportFolder($0) }
        }
        let chat = try orExit(.software) { try Chat() }
        let start = ContinuousClock.now
        let (reports, interruption) = try await result { [self] in
            let pace = try await Pace.measured(chat)
            let jobs = bounded(jobs ?? pace.jobs(), by: descriptors)
            if !quiet, let remark = pace.remark(jobs: jobs) { writeLine("chat-lab: \(remark)", to: 2) }
            return try await carryOut(
                LaboratoryRun(chat: chat, selection: selection, waitsForTimeWait: full, pace: pace, jobs: jobs))
        }
        if let interruption { try await keep(reports, folder, after: ContinuousClock.now - start, interruption) }
        let judgement = Judgement(reports, expected: expected)
        let text = try text(of: reports[0], judgement, after: ContinuousClock.now - start)
        // Each is tried whatever becomes of the other, lest a full disk cost what may have taken minutes.
        let shown = Result { try show(text) }
        var failure: (any Error)?
        do { try await write(reports[0], to: folder) } catch { failure = error }
        if try shown.get(), !quiet { explain(reports, judgement, failure == nil ? folder : nil) }
        if let failure { throw failure }
        if let status = judgement.status { throw ExitCode(status.rawValue) }
    }

    /// So many pairs of hosts at the same time as there are descriptors for.
    private func bounded(_ jobs: Int, by descriptors: Int) -> Int {
        let possible = min(jobs, Pace.jobs(descriptors: descriptors))
        if possible < jobs {
            writeLine(
                "chat-lab: \(descriptors.grouped) descriptors allow \(counted(possible, "pair")) of hosts at a time, not \(jobs); "
                    + "raise the limit: ulimit -n", to: 2)
        }
        return possible
    }

    /// Shows what there is of a run that a signal has ended, and writes it; nothing is compared.
    ///
    /// - Throws: `ExitCode`.
    private func keep(_ reports: [Report], _ folder: ReportFolder?, after time: Duration, _ signal: CInt) async throws {
        if let report = reports.first, !report.cells.isEmpty || !report.experiments.isEmpty {
            let text = try text(of: report, Judgement([report], expected: nil), after: time)
            if !quiet { _ = try orExit(.connectionLost) { try writeResult(text) } }
            try await write(report, to: folder)
        }
        if !quiet {
            writeLine("chat-lab: ended by \(signal == SIGINT ? "SIGINT" : "SIGTERM") before everything ran", to: 2)
        }
        throw ExitCode(128 + signal)
    }

    /// - Throws: `ExitCode`.
    private func write(_ report: Report, to folder: ReportFolder?) async throws {
        do {
            try await folder?.write(report, asked: names)
        } catch {
            try orExit(.connectionLost) { throw error }
        }
    }

    private func text(of report: Report, _ judgement: Judgement, after time: Duration) throws -> String {
        guard format == .table, !verbose else {
            return try format.text(of: report, judgement.differences, after: time, hasColour: color.isOn)
        }
        let claims = names.compactMap { Claim.named($0)?.id }
        if !names.isEmpty, claims.count == names.count {
            return ClaimReport(report, claims: claims, width: textWidth(), hasColour: color.isOn).text
        }
        return ShortReport(
            report, isWhole: names.isEmpty, claims: claims, width: textWidth(), hasColour: color.isOn
        ).text(after: time)
    }

    /// - Returns: False when the reader has gone away.
    private func show(_ text: String) throws -> Bool {
        if quiet || pager && format == .table && Pager.show(text) { return true }
        return try orExit(.connectionLost) { try writeResult(text) }
    }

    /// One report for each run.
    private func carryOut(_ run: LaboratoryRun) async throws -> [Report] {
        var reports: [Report] = []
        for number in 1...`repeat` {
            let line = RunProgressLine(prefix: `repeat` > 1 ? "run \(number) of \(`repeat`): " : "")
            defer { line.erase() }
            reports.append(try await run.run { line.show($0) })
            if Task.isCancelled { break }
        }
        return reports
    }

    /// A file that is not there is to be found before anything is begun. It is read later, for a pipe, such as a shell's
    /// `<(…)`, can be read but once, and `requirePrivileges` may start this program anew.
    private func findExpectation() throws {
        guard let expect, access(expect, R_OK) != 0 else { return }
        throw ValidationError("--expect \(expect): \(Errno(rawValue: errno))")
    }

    private func expectation() throws -> ReportDocument? {
        guard let expect else { return nil }
        do {
            return try ReportDocument(file: expect)
        } catch {
            throw ValidationError("--expect: \(error)")
        }
    }

    private func explain(_ reports: [Report], _ judgement: Judgement, _ folder: ReportFolder?) {
        if format != .table {
            for failure in reports[0].failures { writeLine("chat-lab: \(failure.id): \(failure.reason)", to: 2) }
        }
        for line in judgement.lines { writeLine(line, to: 2) }
        if let folder { writeLine("The report is in \(folder.page)", to: 2) }
    }
}
