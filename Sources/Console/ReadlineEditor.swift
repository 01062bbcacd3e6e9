#if Readline
// GNU Readline keeps its state in global variables; this file alone touches them, on the main actor.
@preconcurrency import CReadline
import Glibc

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

    private var isOpen = false
    /// What the C callbacks, which capture nothing, work on.
    private static var commands: [String] = []
    private static var history: LineHistory?
    private static var inputs: [LineInput] = []
    private static var lineNumber = 0
    private static var typed = TypedBytes(descriptor: STDIN_FILENO)

    init(history: LineHistory?, commands: [String]) {
        Self.commands = commands
        // The name of this program in `$if` conditionals of ~/.inputrc. Readline keeps the pointer.
        rl_readline_name = UnsafePointer(strdup("chat"))
        rl_catch_signals = 0
        rl_catch_sigwinch = 0
        rl_getc_function = { stream in MainActor.assumeIsolated { ReadlineEditor.typed.next { rl_getc(stream) } } }
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
        useUTF8()
        using_history()
        recall(history)
        open()
    }

    /// The protocol is UTF-8, whatever the user's language settings are. Readline asks the environment for them, and without
    /// one for UTF-8 takes bytes above 127 for keys held down together with Meta.
    private func useUTF8() {
        setlocale(LC_CTYPE, "")
        guard String(cString: nl_langinfo(nl_item(CODESET))) != "UTF-8" else { return }
        if setlocale(LC_CTYPE, "C.UTF-8") != nil {
            setenv("LC_ALL", "C.UTF-8", 1)
        } else {
            // A system without that locale: the bytes are right at least, whatever the cursor does.
            rl_initialize()
            rl_variable_bind("convert-meta", "off")
            rl_variable_bind("input-meta", "on")
            rl_variable_bind("output-meta", "on")
        }
    }

    private func recall(_ history: LineHistory?) {
        guard let history else { return }
        do {
            for entry in try history.entries() { add_history(entry) }
            Self.history = history
        } catch {
            writeLine("\(error)", to: STDERR_FILENO)
        }
    }

    private func open() {
        guard awaitForeground(of: descriptor) else { return }
        isOpen = true
        rl_callback_handler_install(prompt) { line in
            MainActor.assumeIsolated { ReadlineEditor.entered(line) }
            free(line)
        }
    }

    private static func command(_ prefix: String, number: Int) -> String? {
        commands.filter { $0.hasPrefix(prefix) }.dropFirst(number).first
    }

    /// A line was entered. It has to be in the history before this returns, for then Readline begins the next line, at the
    /// end of the history as it is by then.
    private static func entered(_ line: UnsafeMutablePointer<CChar>?) {
        guard let line else { return inputs.append(.endOfInput) }
        lineNumber += 1
        guard let text = String(validatingCString: line), !(typed.takeWasReplaced() && text.contains("\u{FFFD}")) else {
            return inputs.append(.unusable(lineNumber: lineNumber, reason: "not UTF-8"))
        }
        remember(line, text)
        inputs.append(.line(text))
    }

    private static func remember(_ line: UnsafePointer<CChar>, _ text: String) {
        let last = history_get(history_base + history_length - 1).flatMap { $0.pointee.line }
        guard !isBlank(text), last.map({ strcmp($0, line) }) != 0 else { return }
        add_history(line)
        do {
            // At once, so that nothing is lost if the program dies.
            try history?.append(text)
        } catch {
            history = nil
            writeLine("\(error)", to: STDERR_FILENO)
        }
    }

    /// The states of Readline in which a key means something of its own, and the prompt may not be the program's.
    private static let modes = Int(
        RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_NUMERICARG | RL_STATE_METANEXT | RL_STATE_MOREINPUT
            | RL_STATE_VIMOTION | RL_STATE_MULTIKEY | RL_STATE_CHARSEARCH)

    var hasDraft: Bool { isOpen && (rl_end > 0 || Int(rl_readline_state) & Self.modes != 0) }

    func read() -> [LineInput] {
        // Readline must not be asked without a handler.
        guard isOpen else { return [.endOfInput] }
        repeat { rl_callback_read_char() } while Self.typed.hasMore
        defer { Self.inputs = [] }
        return Self.inputs
    }

    func discardUnread() -> Bool { discardUnreadInput(of: descriptor) }

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

    func resume(after change: TerminalChange) {
        guard isOpen else { return }
        if case .resized = change { return rl_resize_terminal() }
        guard awaitForeground(of: descriptor) else { return }
        if case .continued = change {
            rl_clear_visible_line()
            // Whoever stopped the program has changed the terminal since.
            rl_deprep_terminal()
        }
        rl_reset_screen_size()
        rl_prep_terminal(1)
        rl_forced_update_display()
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
