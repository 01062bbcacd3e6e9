import Bench
import Console
import Glibc
import StopMotion
import Stories
import TCPSockets
import Text

/// Why the hand goes away before the end.
private enum StepEnd: Error {
    case quit
    case signal(CInt)
    case badLine(String)
}

/// Plays a scenario, for a person at a terminal or for a script.
struct StepStage: Sendable {
    private let scenario: Scenario
    /// nil where other programs play.
    private let chat: Chat?
    private let hasColour: Bool

    init(_ scenario: Scenario, _ chat: Chat?, hasColour: Bool) {
        (self.scenario, self.chat, self.hasColour) = (scenario, chat, hasColour)
    }

    private func play(
        _ pace: Scenario.Pace, _ hand: @escaping @Sendable (StopMotion) async throws -> Void
    ) async -> Int32 {
        do {
            let speed = if let chat { try await Bench.Pace.measured(chat) } else { Bench.Pace.current }
            if let remark = speed.remark() {
                for line in TextLayout.hanging("chat-lab: \(remark)", indent: 2, width: StepLadder.width) {
                    writeLine(line, to: 2)
                }
            }
            let aftermath = try await Bench.Pace.$current.withValue(speed) {
                try await StopMotion.play(scenario, chat, pace, hand)
            }
            try writeResult("")
            for line in aftermath.lines.flatMap({ TextLayout.hanging($0, indent: 0, width: StepLadder.width) }) {
                try writeResult(visible(line))
            }
            return 0
        } catch StepEnd.quit {
            return 0
        } catch StepEnd.signal(let number) {
            return 128 + number
        } catch StepEnd.badLine(let line) {
            writeLine("chat-lab: not a command: \(visible(line))", to: 2)
            return ExitStatus.dataError.rawValue
        } catch let error as LostResult {
            writeLine("chat-lab: \(error)", to: 2)
            return ExitStatus.connectionLost.rawValue
        } catch {
            writeLine("chat-lab: \(error)", to: 2)
            return ExitStatus.software.rawValue
        }
    }

    // MARK: - a person

    func playByKeys() async -> Int32 {
        await play(.person) { play in
            let input = try StepInput(
                signals: [SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH], size: 4096, every: .milliseconds(100))
            var screen = StepScreen(hasColour: hasColour)
            screen.open()
            for line in TextLayout.hanging("\(scenario.id): \(scenario.hint)", indent: 0, width: StepLadder.width) {
                try writeResult(line)
            }
            var (notice, showsHelp): (String?, Bool) = (nil, false)
            screen.show([StepLadder.head], panel: [])
            input.want()
            for await event in input.events {
                switch event {
                case .tick: break
                case .endOfInput: throw StepEnd.quit
                case .signal(SIGTSTP):
                    screen.close()
                    Signals.suspend()
                    screen.open()
                case .signal(SIGCONT):
                    screen.close()
                    screen.open()
                case .signal(SIGWINCH): screen.redraw()
                case .signal(let number): throw StepEnd.signal(number)
                case .input(let bytes):
                    input.want()
                    for key in StepKey.keys(bytes) {
                        notice = nil
                        switch StepKey(key) {
                        case .help: showsHelp.toggle()
                        case .quit: throw StepEnd.quit
                        case .command(let command): notice = try await refusal(of: command, play)
                        case nil: notice = "\(visible(String(key))) is not a key here; ? lists the keys."
                        }
                    }
                }
                try screen.show(
                    play.news().map(StepLadder.line),
                    panel: StepPanel(view: play.view(), notice: notice, showsHelp: showsHelp).lines)
                if try play.isOver() { break }
            }
            screen.close()
            try Self.writeNews(of: play)
        }
    }

    private func refusal(of command: StopMotion.Command, _ play: StopMotion) async throws -> String? {
        do {
            try await play.perform(command)
            return nil
        } catch let refusal as StopMotion.Refusal {
            return refusal.description
        }
    }

    // MARK: - a script

    func playByLines() async -> Int32 {
        await play(.script) { play in
            // Byte by byte, as a shell reads its script: what follows a line is not taken before it is due.
            let input = try StepInput(signals: [SIGINT, SIGTERM, SIGHUP], size: 1)
            let (lines, feed) = AsyncStream.makeStream(of: String.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await obey(lines, play) { input.want() } }
                group.addTask { try await Self.gather(input, feed) }
                // The second one ends with the first, or throws.
                try await group.next()
                group.cancelAll()
            }
        }
    }

    private static func gather(_ input: StepInput, _ lines: AsyncStream<String>.Continuation) async throws {
        var line: [UInt8] = []
        for await event in input.events {
            switch event {
            case .signal(let number): throw StepEnd.signal(number)
            case .endOfInput:
                if !line.isEmpty { lines.yield(String(decoding: line, as: UTF8.self)) }
                lines.finish()
            case .input([UInt8(ascii: "\n")]):
                lines.yield(String(decoding: line, as: UTF8.self))
                line = []
            case .input(let bytes):
                line += bytes
                // No command is so long.
                if line.count > 100 { throw StepEnd.badLine(String(decoding: line, as: UTF8.self) + "…") }
                input.want()
            case .tick: break
            }
        }
    }

    private func obey(
        _ lines: AsyncStream<String>, _ play: StopMotion, _ wantNext: @Sendable () -> Void
    ) async throws {
        try writeResult("\(scenario.id)\n\(StepLadder.head.text(hasColour: false))")
        // A person, at a terminal that cannot move its cursor, has to see the segment before choosing what becomes of it.
        let isAsked = isTerminal(0)
        if isAsked { try await announceNext(play) }
        wantNext()
        for await line in lines {
            guard let key = line.isEmpty ? "\n" : line.first, line.count < 2, let key = StepKey(key) else {
                throw StepEnd.badLine(line)
            }
            switch key {
            case .quit: throw StepEnd.quit
            case .help: try writeResult(StepKey.helpLines.joined(separator: "\n"))
            case .command(let command):
                try await play.rest(forSegment: key.needsSegment)
                if try play.isOver() { return }
                if key.needsSegment, !isAsked { try writeNext(play) }
                if let refusal = try await refusal(of: command, play) { try writeResult(refusal) }
                try Self.writeNews(of: play)
                if isAsked { try await announceNext(play) }
                if try isAsked && play.isOver() { return }
            }
            wantNext()
        }
        try await play.perform(.open)
        while try !play.isOver() {
            try Self.writeNews(of: play)
            try await Task.sleep(for: .milliseconds(5))
        }
        try Self.writeNews(of: play)
    }

    private func announceNext(_ play: StopMotion) async throws {
        try await play.rest(forSegment: true)
        try Self.writeNews(of: play)
        try writeNext(play)
    }

    private func writeNext(_ play: StopMotion) throws {
        guard let next = try play.view().waiting.first else { return }
        for line in StepPanel.describe(next, "     ", showsCopies: false) {
            try writeResult(line.fitted(to: StepLadder.width).text(hasColour: false))
        }
    }

    private static func writeNews(of play: StopMotion) throws {
        for happening in play.news() {
            try writeResult(StepLadder.line(happening).fitted(to: StepLadder.width).text(hasColour: false))
        }
    }
}
