import Console
import Glibc

/// Where a report is shown again and again: on a terminal in the same place, elsewhere one after the other.
struct WatchScreen {
    private let isTerminal: Bool

    /// On a terminal it takes the other screen, which leaves the user's own as it was (XTerm Control Sequences,
    /// private mode 1049), and hides the cursor (mode 25).
    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
        if isTerminal { put("\u{1B}[?1049h\u{1B}[?25l") }
    }

    /// - Returns: False once nobody reads any more.
    func show(_ text: String) -> Bool {
        guard isTerminal else { return writeLine(text) }
        let size = Self.size()
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if let size, lines.count > size.rows {
            let hidden = lines.count - size.rows + 1
            lines =
                Array(lines.prefix(size.rows - 1)) + [
                    "… \(hidden) lines more: make the window higher, or use less --top"
                ]
        }
        // ECMA-48: to the first place; each line erased to its end, the rest of the screen after the last.
        return put("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    func leave() {
        if isTerminal { put("\u{1B}[?25h\u{1B}[?1049l") }
    }

    @discardableResult
    private func put(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
            if count < 0, errno != EINTR { return false }
            written += max(0, count)
        }
        return true
    }

    /// The corresponding C call is `ioctl(1, TIOCGWINSZ, …)`.
    private static func size() -> (rows: Int, columns: Int)? {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 1 else { return nil }
        return (Int(size.ws_row), Int(size.ws_col))
    }
}
