import Synchronization
import TCPSockets

/// How many event loops run; the main thread is told of each that ends.
final class LoopCount: Sendable {
    private let count = Mutex(0)
    private let event: EventDescriptor

    init() throws {
        event = try EventDescriptor()
    }

    /// Readable when a loop has ended, until `drain`.
    var descriptor: CInt { event.descriptor }

    func drain() { event.drain() }

    func began() {
        count.withLock { $0 += 1 }
    }

    func ended() {
        count.withLock { $0 -= 1 }
        event.signal()
    }

    var isZero: Bool { count.withLock { $0 == 0 } }
}
