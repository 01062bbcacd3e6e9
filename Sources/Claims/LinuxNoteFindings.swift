import Recordings
import TCPSockets
import Text

extension MatrixCells {
    /// The claims of the notes on Linux.
    var linuxNoteFindings: [Finding] {
        activeAndPassive + judgeSecondRuns("C8") { !$0.outcome.reconnect.succeeded } + lengthOfTimeWait
    }

    /// C6: of an orderly close; a RST has no active and passive side.
    private var activeAndPassive: [Finding] {
        judgeFirstToClose("C6", source: "RFC 9293 section 3.6, figures 12 and 13")
    }

    /// C9: measured where the run waited for it, and read off the kernel's timer.
    private var lengthOfTimeWait: [Finding] {
        let cells = filter { !$0.lengths.isEmpty }
        return cells.judge("C9") {
            $0.lengths.allSatisfy { Self.oneToFourMinutes.contains($0) }
        } because: { portion in
            let waited = portion.cells.results.compactMap(\.recording.freeAfter)
            let timers = portion.cells.results.flatMap(\.timeWaitLengths)
            let measured =
                waited.isEmpty
                ? nil
                : "In \(waited.count) cells the port was free again \(waited.range) s after the client's last segment."
            return sentences(
                timers.isEmpty
                    ? nil
                    : "In \(portion.share) the kernel's timer gave TIME-WAIT \(timers.range) s from the segment that began it.",
                measured,
                """
                Linux uses a constant of 60 s (include/net/tcp.h, TCP_TIMEWAIT_LEN). RFC 9293 asks for twice the maximum \
                segment lifetime (section 3.6.1); it sets that lifetime to two minutes (section 3.4.2).
                """)
        }
    }

    /// A second of grace: the kernel counts in ticks.
    package static var oneToFourMinutes: ClosedRange<Double> { 59...241 }
}

extension CellResult {
    /// What is known of how long TIME-WAIT lasts: seconds.
    fileprivate var lengths: [Double] {
        // What was waited for is TIME-WAIT only where the client's host had one.
        let waited = recording.aftermath.state(.client) == .timeWait ? recording.freeAfter : nil
        return timeWaitLengths + [waited].compactMap(\.self)
    }
}
