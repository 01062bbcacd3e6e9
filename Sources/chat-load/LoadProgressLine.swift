import ChatLoad
import Console
import Glibc
import Text

/// One line on standard error that is written again and again while a run goes on; none where nobody sees it.
struct LoadProgressLine {
    let duration: Duration

    init?(of duration: Duration) {
        guard isTerminal(STDERR_FILENO) else { return nil }
        self.duration = duration
    }

    func show(_ progress: LoadProgress) {
        let errors = progress.failures > 0 ? ", \(progress.failures) errors" : ""
        overwriteLine(
            "\(progress.elapsed.inTenths) of \(duration.inTenths) s: \(progress.operations), "
                + "\(Int(progress.perSecond)) per second\(errors)")
    }

    /// Leaves the terminal as it was.
    func erase() {
        overwriteLine("")
    }
}
