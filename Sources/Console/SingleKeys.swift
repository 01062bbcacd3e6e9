import Glibc
import Synchronization

/// A terminal that gives each key at once, and shows none of them: ICANON and ECHO off (termios(3)). Signals from the
/// keyboard stay as they are.
package final class SingleKeys: Sendable {
    private let descriptor: CInt
    /// The settings before, while they are not in force.
    private let before = Mutex<termios?>(nil)

    /// Nothing changes before `begin`.
    package init(descriptor: CInt = 0) {
        self.descriptor = descriptor
    }

    /// In the background it stops the process until that is in the foreground.
    package func begin() {
        awaitForeground(of: descriptor)
        before.withLock { before in
            guard before == nil else { return }
            var attributes = termios()
            guard tcgetattr(descriptor, &attributes) == 0 else { return }
            before = attributes
            attributes.c_lflag &= ~tcflag_t(ICANON | ECHO)
            tcsetattr(descriptor, TCSADRAIN, &attributes)
        }
    }

    /// Gives the terminal back as it was. Calling it again does nothing.
    package func end() {
        before.withLock { before in
            guard var attributes = before.take() else { return }
            tcsetattr(descriptor, TCSADRAIN, &attributes)
        }
    }
}

extension SingleKeys {
    /// The keys that were typed at standard input, which is ready; of what a function key sends nothing is taken.
    ///
    /// - Returns: nil at the end of the input.
    package static func read() -> [Character]? {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = Glibc.read(STDIN_FILENO, &bytes, bytes.count)
        if count < 0, errno == EINTR || errno == EAGAIN { return [] }
        guard count > 0 else { return nil }
        return Array(String(decoding: bytes[..<count], as: UTF8.self).prefix { $0 != "\u{1B}" })
    }
}

/// How many columns and rows a terminal has; 80 and 24 where it does not say (ioctl_tty(2), TIOCGWINSZ).
package func terminalSize(_ descriptor: CInt = 1) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
}
