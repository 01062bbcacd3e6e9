import Glibc
import TCPSockets

/// Lets what `print` has put into a buffer, such as the text of `--help`, not be lost in silence: where it cannot be
/// written at the end, the program says so and ends with 74. A program calls it before anything else.
///
/// The corresponding C functions are `atexit` and `fflush`.
package func reportOutputLostAtExit() {
    atexit {
        guard fflush(nil) != 0 else { return }
        let error = Errno(rawValue: errno)
        // A reader that has gone away had enough.
        guard error != .brokenPipe else { return }
        let program = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? ""
        writeLine("\(program): \(LostResult(errno: error))", to: STDERR_FILENO)
        _exit(ExitStatus.connectionLost.rawValue)
    }
}
