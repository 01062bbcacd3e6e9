import Glibc

/// Waits until this process is in the foreground of a terminal, stopped as any program is that asks for the terminal in the
/// background. Otherwise it would take the shell's settings for the user's, and have no echo after `fg`.
///
/// It returns at once where the terminal is not this process's controlling terminal, or where nobody could bring it to the
/// foreground (an orphaned process group).
///
/// The corresponding C function is `tcdrain`: it changes nothing, and is subject to job control (termios(3), POSIX.1
/// section 11.1.4).
package func awaitForeground(of terminal: CInt) {
    while case let group = tcgetpgrp(terminal), group > 0, group != getpgrp() {
        guard tcdrain(terminal) == 0 || errno == EINTR else { return }
    }
}
