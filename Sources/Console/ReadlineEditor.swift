#if Readline
// GNU Readline keeps its state in global variables; this file alone touches them, on the main actor.
@preconcurrency internal import CReadline
internal import Glibc

/// Lines from a person at a terminal, edited by GNU Readline.
///
/// Readline is driven one character at a time (its "alternate interface"), because the program waits for its
/// sockets as well. It leaves signals alone: they come through `Signals`, and the program calls `pause`,
/// `resume` and `close`.
@MainActor
final class ReadlineEditor: LineEditor {
    let descriptor = STDIN_FILENO
    let isInteractive = true

    var prompt = "" {
        didSet {
            guard prompt != oldValue, isOpen else { return }
            rl_clear_visible_line()
            rl_set_prompt(prompt)
            rl_forced_update_display()
        }
    }

    /// A terminal takes everything, until it hangs up.
    let lostResult: LostResult? = nil

    private let history: LineHistory?
    private var isOpen = false
    /// What the C callbacks, which capture nothing, leave for `read`.
    private static var inputs: [LineInput] = []
    private static var commands: [String] = []
    private static let keptLines: CInt = 1000

    init(history: LineHistory?, commands: [String]) {
        self.history = history
        Self.commands = commands
        // The name of this program in `$if` conditionals of ~/.inputrc. Readline keeps the pointer.
        rl_readline_name = UnsafePointer(strdup("chat"))
        rl_catch_signals = 0
        rl_catch_sigwinch = 0
        rl_attempted_completion_function = { text, start, _ in
            // No file names: nothing but a command at the beginning of the line is completed.
            rl_attempted_completion_over = 1
            guard start == 0, let text else { return nil }
            return rl_completion_matches(text) { text, state in
                guard let prefix = text.map({ String(cString: $0) }) else { return nil }
                let match = MainActor.assumeIsolated { ReadlineEditor.command(prefix, number: Int(state)) }
                return match.flatMap { strdup($0) }
            }
        }
        if let history {
            if let error = history.prepare() {
                writeLine("no history: \(history.path): \(String(cString: strerror(error)))", to: STDERR_FILENO)
            } else {
                using_history()
                read_history(history.path)
                history_truncate_file(history.path, Self.keptLines)
            }
        }
        open()
    }

    private func open() {
        isOpen = true
        rl_callback_handler_install(prompt) { line in
            let text = line.map { String(cString: $0) }
            free(line)
            MainActor.assumeIsolated {
                ReadlineEditor.inputs.append(text.map { .line($0) } ?? .endOfInput)
            }
        }
    }

    private static func command(_ prefix: String, number: Int) -> String? {
        commands.filter { $0.hasPrefix(prefix) }.dropFirst(number).first
    }

    func read() -> [LineInput] {
        rl_callback_read_char()
        let inputs = Self.inputs
        Self.inputs = []
        for case .line(let text) in inputs { remember(text) }
        return inputs
    }

    private func remember(_ line: String) {
        let last = history_get(history_base + history_length - 1).flatMap { $0.pointee.line }
        guard !line.isEmpty, last.map({ String(cString: $0) }) != line else { return }
        add_history(line)
        // At once, so that nothing is lost if the program dies.
        if let history { append_history(1, history.path) }
    }

    func show(_ line: String) {
        if isOpen { rl_clear_visible_line() }
        fflush(rl_outstream)
        writeLine(line, to: STDOUT_FILENO)
        if isOpen { rl_forced_update_display() }
    }

    func pause() {
        guard isOpen else { return }
        rl_deprep_terminal()
    }

    func resume(afterResize: Bool) {
        guard isOpen else { return }
        if afterResize {
            rl_resize_terminal()
        } else {
            rl_prep_terminal(1)
            rl_forced_update_display()
        }
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        // An empty line vanishes with its prompt; a typed one stays, above what comes next.
        let isEmpty = rl_end == 0
        if isEmpty {
            rl_clear_visible_line()
            fflush(rl_outstream)
        }
        rl_callback_handler_remove()
        if !isEmpty { writeLine("", to: STDOUT_FILENO) }
    }
}
#endif
