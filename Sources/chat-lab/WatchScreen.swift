import Console
import Synchronization
import TCPSockets
import Text

/// Where a report is shown again and again: on a terminal in the same place, elsewhere one after the other.
final class WatchScreen: Sendable {
    private struct State {
        var isEntered = false
        var text = ""
    }

    let isTerminal: Bool
    /// Gives single keys while the screen is taken.
    private let keys: SingleKeys?
    private let state = Mutex(State())

    init(isTerminal: Bool, keys: SingleKeys? = nil) {
        (self.isTerminal, self.keys) = (isTerminal, keys)
    }

    var hasKeys: Bool { keys != nil }

    /// Takes the other screen of a terminal, which leaves the user's own as it was (XTerm Control Sequences, private mode
    /// 1049), hides the cursor (mode 25), and lets no line go on in the next one (mode 7), for then the first ones would be
    /// pushed out of sight.
    func enter() {
        guard isTerminal else { return }
        awaitForeground(of: 1)
        keys?.begin()
        state.withLock { state in
            state.isEntered = true
            writeText("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l" + (state.text.isEmpty ? "" : Self.picture(state.text)))
        }
    }

    /// Calling it again does nothing.
    func leave() {
        state.withLock { state in
            if state.isEntered { writeText("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l") }
            state.isEntered = false
        }
        keys?.end()
    }

    /// The window has another size.
    func redraw() {
        state.withLock { state in
            if state.isEntered { writeText(Self.picture(state.text)) }
        }
    }

    /// - Returns: False once nobody reads any more.
    func show(_ text: String) throws(LostResult) -> Bool {
        guard isTerminal else { return try writeResult(text) }
        return state.withLock { state in
            state.text = text
            return state.isEntered ? writeText(Self.picture(text)) : true
        }
    }

    private static func picture(_ text: String) -> String {
        let (columns, rows) = terminalSize()
        return screenful(of: text, columns: columns, rows: rows)
    }
}
