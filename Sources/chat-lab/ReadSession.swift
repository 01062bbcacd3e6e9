import ArgumentParser
import Captures
import Console
import Flags
import Glibc
import Reports
import Stories
import TCPSockets
import Text
import Traffic

/// What `read` does with its flags: reads once, or, for drawings, twice; shows connections as they come, and the rest at the end.
final class ReadSession {
    private let command: ReadCommand
    private let signals: Signals
    private let folder: TrafficFolder?
    private let isLive: Bool
    private let output: ConnectionOutput
    private let progress: ReadProgress
    /// What a pipe or an interface brings, for a second look.
    private let kept: KeptCapture?
    private var received: CInt?

    init(_ command: ReadCommand) throws {
        self.command = command
        signals = try orExit(.software) { try Signals([SIGINT, SIGTERM]) }
        let folder = try command.output.map { path in try orExit(.connectionLost) { try TrafficFolder(path) } }
        let isLive = command.interface != nil || !Self.isRegular(command.file ?? "-")
        let isDrawn = folder != nil || command.format == .html
        kept = try isLive && isDrawn ? orExit(.connectionLost) { try KeptCapture(folder?.capture) } : nil
        output = try ConnectionOutput(command, isLive: isLive, document: folder?.document)
        progress = ReadProgress(name: command.file ?? "", isShown: !isLive)
        (self.folder, self.isLive) = (folder, isLive)
    }

    private static func isRegular(_ path: String) -> Bool {
        var status = stat()
        guard path == "-" ? fstat(STDIN_FILENO, &status) == 0 : stat(path, &status) == 0 else { return true }
        return status.st_mode & S_IFMT == S_IFREG
    }

    func run() throws {
        var wanted: TrafficConnection?
        let reading = TrafficReading(top: command.top, traced: Set([command.connection].compactMap(\.self))) {
            [output, command] connection in
            if connection.number == command.connection { wanted = connection }
            output.take(connection)
        }
        let (failure, dropped) = try read(reading)
        progress.erase()
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
        try output.end()
        let report = reading.report(of: source, dropped: dropped, damage: failure?.description)
        if let number = command.connection {
            try show(wanted, number, reading)
        } else {
            try show(report)
        }
        if let failure {
            writeLine("chat-lab: \(source): \(failure)", to: 2)
            throw ExitCode(ExitStatus(failure.kind).rawValue)
        }
        if let received { throw ExitCode(128 + received) }
    }

    private var source: String { command.interface ?? (command.file == "-" ? "standard input" : command.file ?? "") }

    // MARK: - reading

    /// - Returns: Why the capture could not be read to its end; how many packets were dropped.
    /// - Throws: `CaptureError` where it cannot be read at all.
    private func read(_ reading: TrafficReading) throws -> (CaptureError?, dropped: Int?) {
        let deadline = command.seconds.map { ContinuousClock.now + .seconds($0) }
        var capture: Capture?
        let idle: Capture.Idle = { [self] isQuiet in
            if isQuiet { reading.settle() }
            if let capture { progress.show(capture.bytesRead, of: capture.size) }
            received = received ?? signals.next()
            let isOver = received != nil || deadline.map { $0 <= .now } ?? false
            return isOver ? .stop : .goOn
        }
        let opened = try open(idle)
        capture = opened
        do {
            try reading.read(opened) { [output] in output.isWanted }
            return (nil, opened.dropped)
        } catch let error as CaptureError {
            return (error, opened.dropped)
        }
    }

    private func open(_ idle: @escaping Capture.Idle) throws -> Capture {
        let (alarm, copy, filter) = (signals.descriptor, kept?.descriptor, command.filterText)
        do {
            return try command.interface.map {
                try Capture(interface: $0, filter: filter, alarm: alarm, copy: copy, idle: idle)
            } ?? Capture(file: command.file ?? "-", filter: filter, alarm: alarm, copy: copy, idle: idle)
        } catch {
            // A FIFO waits for its writer, and then for the first bytes; a signal ends that.
            guard let number = received ?? signals.next() else { throw error }
            throw ExitCode(128 + number)
        }
    }

    /// The segments of the oddest connections, by a second passage.
    private func traces(_ report: TrafficReport) throws -> [Int: TracedConnection] {
        let captures = folder.map { folder in ConnectionCaptures { folder.capture(of: $0) } }
        let reading = TrafficReading(top: 0, traced: Set(report.oddest.map(\.number)), captures: captures)
        // Standard input that is a file is opened anew, from its beginning.
        let path = kept?.path ?? (command.file == "-" ? "/dev/stdin" : command.file ?? "")
        let filter = command.interface == nil ? command.filterText : nil
        let capture = try Capture(file: path, filter: filter) { _ in .goOn }
        // Where it is damaged the first passage has ended, too.
        do {
            try reading.read(capture)
        } catch let error as CaptureError where error.kind == .damaged {}
        return reading.traces
    }

    // MARK: - showing

    private func show(_ connection: TrafficConnection?, _ number: Int, _ reading: TrafficReading) throws {
        guard let connection else {
            let count = reading.table.count
            writeLine("chat-lab: \(source): there is no connection \(number): it has \(count)", to: 2)
            throw ExitCode(ExitStatus.noInput.rawValue)
        }
        let ladder = TrafficLadder(connection, reading.traces[number] ?? TracedConnection(), width: textWidth())
        try writeResult(ladder.text(hasColour: command.color.isOn))
    }

    private func show(_ report: TrafficReport) throws {
        let isPage = command.format == .html
        var page = ""
        if folder != nil || isPage {
            page = TrafficPage(report, traces: try traces(report), hasCaptures: folder != nil).text
        }
        if let folder { try orExit(.connectionLost) { try folder.write(page: page) } }
        switch command.format {
        case .html: try writeResult(page)
        case .json: break
        case .text:
            if isLive, report.summary.connections > 0 { try writeResult("") }
            try writeResult(TrafficText(report, width: textWidth(), hasColour: command.color.isOn).text)
            if let folder { try writeResult("\nThe page with drawings: \(visible(folder.page))") }
        }
    }
}

extension TrafficReading {
    fileprivate func report(of source: String, dropped: Int?, damage: String?) -> TrafficReport {
        TrafficReport(
            source: source, packets: packets, segments: segments, others: others, span: span, summary: summary,
            timeWaits: table.timeWaits, oddest: oddest.connections, lateSegments: table.lateSegments,
            forgotten: table.forgotten, dropped: dropped, damage: damage)
    }
}
