import Console

/// Where a report is shown again and again: on a terminal in the same place, elsewhere one after the other.
struct WatchScreen {
    private let isTerminal: Bool

    /// On a terminal it takes the other screen, which leaves the user's own as it was (XTerm Control Sequences,
    /// private mode 1049), hides the cursor (mode 25), and lets no line go on in the next one (mode 7), for then the first
    /// ones would be pushed out of sight.
    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
        if isTerminal { put("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l") }
    }

    /// - Returns: False once nobody reads any more.
    func show(_ text: String) throws(LostResult) -> Bool {
        guard isTerminal else { return try writeResult(text) }
        let rows = max(2, terminalSize().rows)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.count > rows {
            let hidden = lines.count - rows + 1
            lines =
                Array(lines.prefix(rows - 1)) + [
                    "… \(hidden) lines more: make the window higher, or use less --top"
                ]
        }
        // ECMA-48: to the first place; each line erased to its end, the rest of the screen after the last.
        return put("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
    }

    func leave() {
        if isTerminal { put("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l") }
    }

    @discardableResult
    private func put(_ text: String) -> Bool {
        writeText(text)
    }
}
