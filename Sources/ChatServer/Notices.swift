internal import Synchronization
internal import TCPSockets

/// Lines for the operator's terminal, from any thread.
public final class Notices: Sendable {
    private let lines = Mutex<[String]>([])
    let wakeup: Wakeup

    /// - Throws: `SocketError`.
    public init() throws {
        wakeup = try Wakeup()
    }

    public func post(_ line: String) {
        lines.withLock { $0.append(line) }
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
