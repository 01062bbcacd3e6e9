import Console
import Glibc
import Runs
import Synchronization
import Text

/// One line on standard error that is written again and again while a run goes on; nothing where nobody sees it.
final class RunProgressLine: Sendable {
    private struct State {
        var progress: LaboratoryRun.Progress?
        var isOver = false
    }

    private let prefix: String
    private let start = ContinuousClock.now
    private let state = Mutex(State())
    private let isVisible = isTerminal(2)

    init(prefix: String) {
        self.prefix = prefix
        guard isVisible else { return }
        // The seconds go on while nothing else does.
        Task { [self] in
            while !state.withLock({ $0.isOver }) {
                draw()
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    func show(_ progress: LaboratoryRun.Progress) {
        guard isVisible else { return }
        let isFirst = state.withLock { state in
            defer { state.progress = progress }
            return state.progress == nil
        }
        if isFirst { draw() }
    }

    /// Leaves the terminal as it was.
    func erase() {
        guard isVisible else { return }
        state.withLock { state in
            state.isOver = true
            overwriteLine("")
        }
    }

    private func draw() {
        state.withLock { state in
            guard !state.isOver else { return }
            let time = "\((ContinuousClock.now - start).inTenths) s"
            guard let progress = state.progress else { return overwriteLine(prefix + time) }
            var parts: [String] = []
            if progress.allCells > 0 { parts.append("\(progress.cells) of \(progress.allCells) cells") }
            if progress.allExperiments > 0 {
                parts.append("\(progress.experiments) of \(progress.allExperiments) experiments")
            }
            overwriteLine(prefix + (parts + [time]).joined(separator: ", "))
        }
    }
}

/// How long the lines of a text may be: as long as in a file, but no longer than those of a terminal that shows it.
func textWidth() -> Int {
    isTerminal(1) ? min(TextLayout.width, max(60, terminalSize().columns)) : TextLayout.width
}

/// Whether standard output is a terminal with a cursor that can be moved.
func canMoveCursor() -> Bool {
    let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? true
    return isTerminal(1) && !isDumb
}
