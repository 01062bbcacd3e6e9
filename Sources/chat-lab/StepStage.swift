import Console
import Glibc
import TimeWaitLab

/// Why the hand goes away before the end.
private enum Departure: Error {
    case quit
    case signal(CInt)
    case badLine(number: Int, String)
}

/// Plays a scenario, for a person at a terminal or for a script.
struct StepStage: Sendable {
    private let scenario: Scenario
    private let chat: Chat

    init(_ scenario: Scenario, _ chat: Chat) {
        (self.scenario, self.chat) = (scenario, chat)
    }

    private func play(
        _ pace: Scenario.Pace, _ hand: @escaping @Sendable (StopMotion) async throws -> Void
    ) async -> Int32 {
        do {
            let aftermath = try await StopMotion.play(scenario, chat, pace, hand)
            writeLine("")
            for line in aftermath.lines.flatMap({ TextLayout.hanging($0, indent: 0, width: StepLadder.width) }) {
                writeLine(visible(line))
            }
            return 0
        } catch Departure.quit {
            return 0
        } catch Departure.signal(let number) {
            return 128 + number
        } catch Departure.badLine(let number, let line) {
            writeLine("chat-lab: line \(number) of the input is no command: \(visible(line))", to: 2)
            return ExitStatus.dataError.rawValue
        } catch {
            writeLine("chat-lab: \(error)", to: 2)
            return ExitStatus.software.rawValue
        }
    }

    // MARK: - a person

    func playByKeys() async -> Int32 {
        await play(.person) { play in
            let input = try StepInput(
                signals: [SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH], every: .milliseconds(100))
            var screen = StepScreen()
            screen.open()
            writeLine("\(scenario.id): \(scenario.hint)")
            var (notice, showsHelp): (String?, Bool) = (nil, false)
            screen.show([StepLadder.head], panel: [])
            for await event in input.events {
                switch event {
                case .tick: break
                case .endOfInput: throw Departure.quit
                case .signal(SIGTSTP):
                    screen.close()
                    raise(SIGSTOP)
                    screen.open()
                case .signal(SIGWINCH): screen.redraw()
                case .signal(let number): throw Departure.signal(number)
                case .input(let bytes):
                    for key in StepKey.keys(bytes) {
                        notice = nil
                        switch StepKey(key) {
                        case .help: showsHelp.toggle()
                        case .quit: throw Departure.quit
                        case .command(let command): notice = try refusal(of: command, play)
                        case nil: notice = "\(visible(String(key))) is no key of this program; ? shows which are."
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

    private func refusal(of command: StopMotion.Command, _ play: StopMotion) throws -> String? {
        do {
            try play.perform(command)
            return nil
        } catch let refusal as StopMotion.Refusal {
            return refusal.description
        }
    }

    // MARK: - a script

    func playByLines() async -> Int32 {
        await play(.script) { play in
            let input = try StepInput(signals: [SIGINT, SIGTERM, SIGHUP])
            let (lines, feed) = AsyncStream.makeStream(of: String.self)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await obey(lines, play) }
                group.addTask {
                    var pending = ""
                    for await event in input.events {
                        switch event {
                        case .signal(let number): throw Departure.signal(number)
                        case .endOfInput:
                            if !pending.isEmpty { feed.yield(pending) }
                            feed.finish()
                        case .input(let bytes):
                            var parts = (pending + String(decoding: bytes, as: UTF8.self)).split(
                                separator: "\n", omittingEmptySubsequences: false)
                            pending = String(parts.removeLast())
                            for part in parts { feed.yield(String(part)) }
                        case .tick: break
                        }
                    }
                }
                // The second one ends with the first, or throws.
                try await group.next()
                group.cancelAll()
            }
        }
    }

    private func obey(_ lines: AsyncStream<String>, _ play: StopMotion) async throws {
        writeLine("\(scenario.id)\n\(StepLadder.head.text(hasColour: false))")
        var number = 0
        for await line in lines {
            number += 1
            guard let key = line.isEmpty ? "\n" : line.first, line.count < 2, let key = StepKey(key) else {
                throw Departure.badLine(number: number, line)
            }
            switch key {
            case .quit: throw Departure.quit
            case .help: writeLine(StepKey.helpLines.joined(separator: "\n"))
            case .command(let command):
                try await play.rest(forSegment: key.needsSegment)
                if try play.isOver() { break }
                if key.needsSegment { try writeNext(play) }
                if let refusal = try refusal(of: command, play) { writeLine(refusal) }
                try Self.writeNews(of: play)
            }
            if try play.isOver() { return }
        }
        try play.perform(.open)
        while try !play.isOver() {
            try Self.writeNews(of: play)
            try await Task.sleep(for: .milliseconds(5))
        }
        try Self.writeNews(of: play)
    }

    private func writeNext(_ play: StopMotion) throws {
        guard let next = try play.view().waiting.first else { return }
        for line in StepPanel.describe(next, "     ", showsCopies: false) {
            writeLine(line.fitted(to: StepLadder.width).text(hasColour: false))
        }
    }

    private static func writeNews(of play: StopMotion) throws {
        for happening in play.news() {
            writeLine(StepLadder.line(happening).fitted(to: StepLadder.width).text(hasColour: false))
        }
    }
}
