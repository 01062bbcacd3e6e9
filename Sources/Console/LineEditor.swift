/// What came from the keyboard or the pipe.
package enum LineInput: Hashable, Sendable {
    case line(String)
    /// A line that is not UTF-8, or longer than the reader keeps; its number, counted from 1.
    case unusable(lineNumber: Int, reason: String)
    case endOfInput
}

/// Why the terminal has to be taken again, or drawn again.
package enum TerminalChange: Sendable {
    /// The program was stopped after `pause`, and goes on.
    case resumed
    /// The program was stopped by somebody else, and goes on (SIGCONT).
    case continued
    /// The window has another size (SIGWINCH).
    case resized
}

/// Lines from standard input, read when its descriptor is readable, so that a program can wait for its
/// keyboard and its sockets together.
@MainActor
package protocol LineEditor: AnyObject, Sendable {
    /// What to wait for.
    var descriptor: CInt { get }

    /// Whether a person sits there, rather than a pipe.
    var isInteractive: Bool { get }

    /// What stands before the line being typed. A pipe has none. It is not to be changed while there is a draft, which was
    /// typed under the prompt that stands there.
    var prompt: String { get set }

    /// Whether something is typed that has not been entered, or the editor is in a mode, such as a search of the history,
    /// that may end in a line. False for a pipe.
    var hasDraft: Bool { get }

    /// Throws away what has been typed and not been read, and says whether that was anything.
    func discardUnread() -> Bool

    /// Takes in what is there without waiting, when `descriptor` is readable.
    func read() throws -> [LineInput]

    /// Shows a line; on a terminal above the line being typed, which stays as it is.
    func show(_ line: String)

    /// The first line that `show` could not write.
    var lostResult: LostResult? { get }

    /// Gives the terminal back, for the time that the program is stopped (SIGTSTP).
    func pause()

    /// Takes the terminal again, or learns of its new size. In the background it stops the process until it is in the
    /// foreground.
    func resume(after change: TerminalChange)

    /// Gives the terminal back for good. Calling it again does nothing.
    func close()
}

/// Chooses the editor that fits standard input and output. Where that is a terminal and the process is in the background, it
/// is stopped until it is in the foreground.
///
/// - Parameters:
///   - history: Where lines are kept; nil for nowhere but in memory.
///   - commands: What the Tab key completes at the beginning of a line.
///   - maximumLength: The longest line in bytes that a pipe may give.
@MainActor
package func makeLineEditor(
    history: LineHistory?, commands: [String], maximumLength: Int
) -> any LineEditor {
    #if Readline
    if isTerminal(0), isTerminal(1) {
        return ReadlineEditor(history: history, commands: commands)
    }
    #endif
    return PlainLineReader(maximumLength: maximumLength)
}

/// A line that a person has typed and that says nothing: it is not sent.
package func isBlank(_ line: String) -> Bool {
    line.allSatisfy(\.isWhitespace)
}
