import Console
import Synchronization
import Text

/// One line on standard error that says what goes on, once that takes more than a second; nothing where nobody sees it.
final class TryProgressLine: Sendable {
    private struct State {
        var text = ""
        var isOver = false
    }

    private let start = ContinuousClock.now
    private let state = Mutex(State())
    private let isVisible = isTerminal(2)

    init() {
        guard isVisible else { return }
        Task { [self] in
            try await Task.sleep(for: .seconds(1))
            while draw() { try await Task.sleep(for: .milliseconds(200)) }
        }
    }

    func show(_ text: String) {
        state.withLock { $0.text = text }
    }

    /// Leaves the terminal as it was.
    func erase() {
        guard isVisible else { return }
        state.withLock { state in
            state.isOver = true
            overwriteLine("")
        }
    }

    /// - Returns: False when it is over.
    private func draw() -> Bool {
        state.withLock { state in
            guard !state.isOver else { return false }
            overwriteLine("\(state.text), \((ContinuousClock.now - start).inTenths) s")
            return true
        }
    }
}
