package import TCPSockets
import Text

extension SocketEntry {
    /// One line, such as `127.0.0.1:50001 → 127.0.0.1:7000 TIME-WAIT, 59.9 s left`.
    package var inWords: String { description + (timeLeft.map { ", \($0.inWords) left" } ?? "") }
}

extension SocketEntry.TimeLeft {
    /// Such as `59.9 s`, or `at least 39.5 s`.
    package var inWords: String { (isExact ? "" : "at least ") + "\(duration.inTenths) s" }
}
