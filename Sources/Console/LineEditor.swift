/// What came from the keyboard or the pipe.
public enum LineInput: Hashable, Sendable {
    case line(String)
    /// A line that is not UTF-8, or longer than the reader keeps; its number, counted from 1.
    case unusable(lineNumber: Int, reason: String)
    case endOfInput
}

/// Lines from standard input, read when its descriptor is readable, so that a program can wait for its
/// keyboard and its sockets together.
@MainActor
public protocol LineEditor: AnyObject, Sendable {
    /// What to wait for.
    var descriptor: CInt { get }

    /// Whether a person sits there, rather than a pipe.
    var isInteractive: Bool { get }

    /// What stands before the line being typed. A pipe has none.
    var prompt: String { get set }

    /// Takes in what is there without waiting, when `descriptor` is readable.
    func read() throws -> [LineInput]

    /// Shows a line; on a terminal above the line being typed, which stays as it is.
    func show(_ line: String)

    /// The first line that `show` could not write, for another reason than that its reader has gone away.
    var lostResult: LostResult? { get }

    /// Gives the terminal back, for the time that the program is stopped (SIGTSTP).
    func pause()

    /// Takes the terminal again (SIGCONT), or learns of its new size (SIGWINCH).
    func resume(afterResize: Bool)

    /// Gives the terminal back for good. Calling it again does nothing.
    func close()
}

/// Chooses the editor that fits standard input and output.
///
/// - Parameters:
///   - history: Where lines are kept; nil for nowhere.
///   - commands: What the Tab key completes at the beginning of a line.
///   - maximumLength: The longest line in bytes that a pipe may give.
@MainActor
public func makeLineEditor(
    history: LineHistory?, commands: [String], maximumLength: Int
) -> any LineEditor {
    #if Readline
    if isTerminal(0), isTerminal(1) {
        return ReadlineEditor(history: history, commands: commands)
    }
    #endif
    return PlainLineReader(maximumLength: maximumLength)
}
