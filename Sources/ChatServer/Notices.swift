import Synchronization
import TCPSockets

/// Lines for the operator's terminal, from any thread.
package final class Notices: Sendable {
    private let lines = Mutex<[String]>([])
    /// More than a screen holds. A terminal that is held up (Ctrl-S) is not to fill the memory.
    private static let mostLines = 1000
    let wakeup: Wakeup

    /// - Throws: `SocketError`.
    package init() throws {
        wakeup = try Wakeup()
    }

    package func post(_ line: String) {
        lines.withLock { lines in
            if lines.count < Self.mostLines { lines.append(line) }
            if lines.count == Self.mostLines { lines[Self.mostLines - 1] = "… and more lines, which were left out" }
        }
        wakeup.ring()
    }

    func takeAll() -> [String] {
        wakeup.silence()
        return lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }
}
