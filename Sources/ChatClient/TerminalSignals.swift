import Console
import Glibc
import TCPSockets

/// The signals of a program at a terminal: those that concern the terminal are obeyed, those that end the program
/// are told.
@MainActor
final class TerminalSignals {
    private let signals: Signals
    private let editor: any LineEditor
    /// The signal that asked the program to end, once one has come.
    private var ending: CInt?

    init(_ signals: Signals, editor: any LineEditor) {
        self.signals = signals
        self.editor = editor
    }

    /// What they are about.
    static let numbers = [SIGINT, SIGTERM, SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH]

    var descriptor: CInt { signals.descriptor }

    /// Takes all signals that have come.
    ///
    /// - Returns: SIGINT or SIGTERM, if one of them has ever come.
    func handle() -> CInt? {
        while let signal = signals.next() {
            switch signal {
            case SIGTSTP:
                editor.pause()
                Signals.suspend()
                editor.resume(after: .resumed)
            case SIGCONT: editor.resume(after: .continued)
            case SIGWINCH: editor.resume(after: .resized)
            case SIGQUIT:
                editor.close()
                Signals.die(of: signal)
            default: ending = signal
            }
        }
        return ending
    }

    /// For waits outside the conversation: only a signal that ends the program ends them.
    var interrupter: Interrupter {
        Interrupter(descriptor: descriptor) { MainActor.assumeIsolated { self.handle() != nil } }
    }
}
