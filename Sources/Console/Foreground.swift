import Glibc
import TCPSockets

/// Waits until this process is in the foreground of a terminal, stopped as any program is that reads from its terminal in
/// the background. Otherwise it would take the shell's settings for the user's, and have no echo after `fg`.
///
/// The corresponding C function is `tcgetpgrp` (POSIX.1 section 11.1.4, terminal access control).
///
/// - Returns: False where the terminal is not to be had: nobody can bring the process to the foreground, or a signal has
///   asked it to end.
@discardableResult
package func awaitForeground(of terminal: CInt) -> Bool {
    while case let group = tcgetpgrp(terminal), group > 0, group != getpgrp() {
        guard Signals.stopInBackground() else { return false }
    }
    return true
}
