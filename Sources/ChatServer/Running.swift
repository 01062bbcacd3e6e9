import Synchronization
import TCPSockets

/// Counts what is still running, and rings when nothing is.
final class Running: Sendable {
    private let count = Mutex(0)
    let wakeup: Wakeup

    init() throws {
        wakeup = try Wakeup()
    }

    func began() {
        count.withLock { $0 += 1 }
    }

    func ended() {
        count.withLock { $0 -= 1 }
        wakeup.ring()
    }

    var isIdle: Bool { count.withLock { $0 == 0 } }
}
