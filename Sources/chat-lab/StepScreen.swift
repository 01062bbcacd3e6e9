import Console
import StopMotion
import Text

/// A terminal with lines that stay, and below them a panel that is drawn over again and again.
struct StepScreen: ~Copyable {
    private let keys = SingleKeys()
    private let hasColour: Bool
    /// The panel as it stands on the terminal, with the cursor in the line below it.
    private var shown: [String] = []
    private var isOpen = false

    init(hasColour: Bool) { self.hasColour = hasColour }

    /// Takes the terminal.
    mutating func open() {
        keys.begin()
        // ECMA-48 has no sequence that hides the cursor; this is the VT220's (DECTCEM).
        writeText("\u{1B}[?25l")
        isOpen = true
    }

    /// Gives the terminal back, with the panel erased. Calling it again does nothing.
    mutating func close() {
        guard isOpen else { return }
        isOpen = false
        erase()
        writeText("\u{1B}[?25h")
        keys.end()
    }

    deinit {
        if isOpen {
            writeText("\u{1B}[?25h")
            keys.end()
        }
    }

    /// Takes the terminal again, or learns of its new size.
    mutating func redraw() {
        if !isOpen { open() }
        erase()
    }

    private mutating func erase() {
        if !shown.isEmpty { writeText("\r\u{1B}[\(shown.count)A\u{1B}[J") }
        shown = []
    }

    /// Writes lines that stay, and the panel below them: only what is new of it.
    mutating func show(_ lines: [StyledLine], panel: [StyledLine]) {
        let (columns, rows) = terminalSize()
        let width = min(StepLadder.width, columns - 1)
        func text(_ line: StyledLine) -> String { line.fitted(to: width).text(hasColour: hasColour) }
        if !lines.isEmpty {
            erase()
            writeText(lines.map { text($0) + "\n" }.joined())
        }
        // What scrolls off the top cannot be drawn over.
        let panel = panel.suffix(max(1, rows - 1)).map(text)
        guard panel != shown else { return }
        var output = shown.isEmpty ? "" : "\r\u{1B}[\(shown.count)A"
        for (number, line) in panel.enumerated() {
            output += number < shown.count && shown[number] == line ? "\n" : "\(line)\u{1B}[K\n"
        }
        if shown.count > panel.count { output += "\u{1B}[J" }
        writeText(output)
        shown = panel
    }
}
