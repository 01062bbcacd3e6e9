import Console
import Doctor
import Flags
import TCPSockets
import Text
import Watch

/// A watch from its first event to its summary, on one thread.
final class WatchSession {
    private let watch: Watch
    private let command: WatchCommand
    private let screen: WatchScreen
    private let began = ContinuousClock.now
    private var figures = WatchFigures()
    private var state = WatchTable.State()
    private let settings = NetworkSettings.read()
    /// Whether the reader of the output has gone away, or somebody has had enough.
    private var isOver = false

    private var isJSON: Bool { command.format == .json }

    init(_ watch: Watch, _ command: WatchCommand, _ screen: WatchScreen) {
        (self.watch, self.command, self.screen) = (watch, command, screen)
    }

    /// - Throws: `LostResult` where the output cannot be written, `SocketError`.
    func run(until stop: EventDescriptor) throws {
        tellWhatWasFound()
        screen.enter()
        defer { screen.leave() }
        let end = command.seconds.map { began + $0.duration }
        var tick = began + .seconds(1)
        try draw()
        while !isOver {
            let inputs = [stop.descriptor] + (screen.hasKeys ? [0] : [])
            let (results, ready) = try watch.step(also: inputs, until: end.map { min(tick, $0) } ?? tick)
            try take(results)
            if ready.contains(1) { try obeyKeys() }
            while tick <= .now {
                tick += .seconds(1)
                try second()
            }
            if ready.contains(0) || end.map({ $0 <= .now }) == true { break }
        }
        if !isOver { try take(watch.finish()) }
        screen.leave()
        try summarize()
    }

    private func tellWhatWasFound() {
        if watch.removedInstances > 0 {
            let instances = counted(watch.removedInstances, "tracefs instance")
            writeLine("chat-lab: removed \(instances) that a killed watch had left", to: 2)
        }
        if !screen.isTerminal {
            writeLine("chat-lab: watching this machine's connections, in all network namespaces", to: 2)
        }
    }

    private func take(_ results: [ConnectionTracker.Result]) throws {
        var lines: [String] = []
        for result in results {
            switch result {
            case .failedConnect(let failure): if command.filter.includes(failure) { figures.add(failure) }
            case .connection(let connection):
                guard command.filter.includes(connection) else { continue }
                figures.add(connection)
                guard !screen.isTerminal else { continue }
                let line = WatchLine(connection, calendarOffset: watch.calendarOffset)
                lines.append(isJSON ? try line.json() : line.text)
            }
        }
        if !lines.isEmpty, try !writeResult(lines.joined(separator: "\n")) { isOver = true }
    }

    private func second() throws {
        state.seconds += 1
        let lost = watch.lostEvents()
        if lost > state.lost, !screen.isTerminal {
            writeLine("chat-lab: \(counted(lost - state.lost, "event")) lost: use a larger --buffer", to: 2)
        }
        state.lost = lost
        figures.tick()
        if !state.isPaused { try draw() }
    }

    private func draw() throws {
        guard screen.isTerminal else { return }
        state.live = watch.liveCount
        let (columns, rows) = terminalSize()
        let table = WatchTable(
            figures, settings: settings, state: state, columns: columns, rows: rows, hasColour: command.color.isOn)
        if try !screen.show(table.text) { isOver = true }
    }

    private func obeyKeys() throws {
        guard let keys = SingleKeys.read() else {
            isOver = true
            return
        }
        for key in keys {
            switch key {
            case "q": isOver = true
            case "s": state.order = state.order.next
            case "p", " ": state.isPaused.toggle()
            default: continue
            }
            try draw()
        }
    }

    private func summarize() throws {
        let (columns, _) = terminalSize()
        let text = WatchSummary(
            figures: figures, seconds: (ContinuousClock.now - began).inSeconds, live: watch.liveCount,
            lost: watch.lostEvents(), lostEnds: watch.lostEnds, givenUp: watch.givenUp,
            resetsWithoutSocket: watch.resetsWithoutSocket
        ).text(width: screen.isTerminal ? columns : TextLayout.width)
        // The objects of --format json stay alone on standard output.
        if isJSON { writeLine(text, to: 2) } else { try writeResult(text) }
    }
}
