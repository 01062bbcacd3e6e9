import ChatLoad
import Console
import Glibc
import TCPSockets

/// One line on standard error that is written again and again while a run goes on; none where nobody sees it.
struct ProgressLine {
    let duration: Duration

    init?(of duration: Duration) {
        guard isTerminal(STDERR_FILENO) else { return nil }
        self.duration = duration
    }

    func show(_ progress: LoadProgress) {
        let errors = progress.failures > 0 ? ", \(progress.failures) errors" : ""
        write(
            "\(progress.elapsed.inTenths) of \(duration.inTenths) s: \(progress.operations), "
                + "\(Int(progress.perSecond)) per second\(errors)")
    }

    /// Leaves the terminal as it was.
    func erase() {
        write("")
    }

    /// ECMA-48: back to the first column, and erase to the end of the line.
    private func write(_ text: String) {
        let bytes = Array("\r\u{1B}[K\(text)".utf8)
        _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}
