import Glibc
import Synchronization
import TCPSockets

/// Ends the process where its main thread cannot: one that writes to a terminal whose output is stopped (Ctrl-S) stays in
/// write(2) for as long as the person likes, and would make the server deaf to SIGTERM.
final class ForcedExit: Sendable {
    private let isCancelled = Atomic<Bool>(false)
    /// The settings of the operator's terminal, before anything was changed.
    private let settings: termios?
    private static let patience = Duration.seconds(2)

    init() {
        var settings = termios()
        self.settings = tcgetattr(STDIN_FILENO, &settings) == 0 ? settings : nil
    }

    /// The main thread is about to end the process itself.
    func cancel() {
        isCancelled.store(true, ordering: .releasing)
    }

    /// Gives the main thread some time, after the last event loop has ended, and ends the process if it does nothing with it.
    func exitUnlessCancelled() {
        let deadline = Moment.now + Self.patience
        while !isCancelled.load(ordering: .acquiring) {
            if Moment.now >= deadline {
                if var settings { tcsetattr(STDIN_FILENO, TCSANOW, &settings) }
                _exit(0)
            }
            usleep(1000)
        }
    }
}
