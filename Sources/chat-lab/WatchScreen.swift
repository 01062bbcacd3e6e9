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
    private let state = Mutex(State())

    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
    }

    /// Takes the other screen of a terminal, which leaves the user's own as it was (XTerm Control Sequences, private mode
    /// 1049), hides the cursor (mode 25), and lets no line go on in the next one (mode 7), for then the first ones would be
    /// pushed out of sight.
    func enter() {
        guard isTerminal else { return }
        awaitForeground(of: 1)
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

    /// The text from the first place on; each line after what stood there was erased to its end, and the rest of the screen
    /// erased after the last (ECMA-48). Erased before: behind the last column the cursor stands on what it has written.
    private static func picture(_ text: String) -> String {
        let (columns, rows) = terminalSize()
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.count > max(2, rows) {
            let hidden = lines.count - max(2, rows) + 1
            lines =
                Array(lines.prefix(lines.count - hidden)) + [
                    "… \(hidden) lines more: make the window higher, or use less --top"
                ]
        }
        let drawn = lines.map { "\u{1B}[K" + cut($0, to: columns) }.joined(separator: "\r\n")
        // Unless the last line fills its row, what is behind it is the screen's rest.
        return "\u{1B}[H" + drawn + (lines.count < rows ? "\r\n\u{1B}[J" : "")
    }
}
