import Glibc
import TCPSockets
import Text

/// Whether a descriptor is a terminal. The corresponding C function is `isatty`.
package func isTerminal(_ descriptor: CInt) -> Bool {
    isatty(descriptor) == 1
}

/// Writes a whole line at once, past any buffer, and returns whether the reader still takes it.
///
/// A reader that has gone away is no error: the program goes on, or ends, for its own reasons. Complaints, on standard error, name
/// files and quote others: nothing in them may drive the terminal.
@discardableResult
package func writeLine(_ line: String, to descriptor: CInt = 1) -> Bool {
    writeText((descriptor == 2 ? visibleLines(line) : line) + "\n", to: descriptor)
}

/// The same without a line feed.
@discardableResult
package func writeText(_ text: String, to descriptor: CInt = 1) -> Bool {
    let bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
        let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0, errno == EAGAIN {
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&entry, 1, -1)
        } else if count < 0, errno != EINTR {
            return false
        }
        written += max(0, count)
    }
    return true
}

/// Throws away what was typed at a terminal and was not read, and says whether that was anything.
///
/// The corresponding C function is `tcflush`.
func discardUnreadInput(of terminal: CInt) -> Bool {
    var count: CInt = 0
    guard ioctl(terminal, UInt(FIONREAD), &count) == 0, count > 0 else { return false }
    return tcflush(terminal, TCIFLUSH) == 0
}

/// Writes over the line of standard error's terminal that the cursor is in (ECMA-48: CR, EL). What has no room is cut, for a
/// line that goes on in the next one could not be written over.
package func overwriteLine(_ text: String) {
    let room = terminalSize(STDERR_FILENO).columns - 1
    writeText("\r\u{1B}[K\(cut(text, to: room))", to: STDERR_FILENO)
}

/// A result that could not be written.
package struct LostResult: Error, CustomStringConvertible {
    let errno: Errno

    /// Whether the reader has gone away: it had enough, as head(1) has, and nobody need be told.
    package var isReaderGone: Bool { errno == .brokenPipe }

    package var description: String { "standard output: \(errno)" }
}

/// Writes what a program is run for, as a line or more, to standard output.
///
/// - Returns: False when the reader has gone away, which is no error: `head` had enough.
/// - Throws: `LostResult` when it could not be written, to a disk that is full for instance.
@discardableResult
package func writeResult(_ text: String) throws(LostResult) -> Bool {
    try writePart(of: text + "\n")
}

/// The same for a part of a result that is written while it comes about, to a file too, and without a line feed.
@discardableResult
package func writePart(of result: String, to descriptor: CInt = 1) throws(LostResult) -> Bool {
    if writeText(result, to: descriptor) { return true }
    let lost = LostResult(errno: Errno(rawValue: errno))
    guard lost.isReaderGone else { throw lost }
    return false
}

/// Opens /dev/null in the place of each standard descriptor that the program was started without, lest a socket
/// or a pipe of its own takes that number and is read, or written to, as if it were the terminal.
package func openStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
        // The lowest free number is this one: those below are open.
        _ = open("/dev/null", O_RDWR)
    }
}
