import Glibc
import Logging
import TCPSockets

/// A thread of its own for an event loop, which blocks in epoll_wait() and so has no place in the pool of
/// Swift's tasks.
///
/// The corresponding C functions are `pthread_create` and `pthread_join`.
struct LoopThread {
    /// A thread that the system has no room for.
    struct Failure: Error, CustomStringConvertible {
        let errno: Errno

        var description: String { "pthread_create: \(errno). Ask for fewer --loops, or raise `ulimit -u`." }
    }

    private let thread: pthread_t

    /// - Throws: `Failure`.
    init(_ loop: LoopBox) throws {
        do {
            thread = try startThread { loop.run() }
        } catch {
            throw Failure(errno: error.errno)
        }
    }

    func join() {
        pthread_join(thread, nil)
    }
}

/// A place for an event loop, which cannot be copied, on its way to the thread that runs it.
///
/// Unchecked, because the main thread makes it, starts the thread, and touches it again only when that has ended.
final class LoopBox: @unchecked Sendable {
    private var loop: EventLoop
    private let running: LoopCount
    private let forcedExit: ForcedExit
    /// Why the loop ended before its time; to be read when its thread has ended.
    private(set) var failure: (any Error)?

    init(_ loop: consuming EventLoop, running: LoopCount, forcedExit: ForcedExit) {
        self.loop = loop
        self.forcedExit = forcedExit
        self.running = running
        running.began()
    }

    /// Serves until the end, or until the loop fails, which is logged.
    func run() {
        do {
            try loop.run()
        } catch {
            loop.context.logger.critical("event loop \(loop.number) ended: \(error)")
            loop.giveUp()
            failure = error
        }
        running.ended()
        if running.isZero { forcedExit.exitUnlessCancelled() }
    }

    /// Instead of `run`, where it never comes to that.
    func giveUp() {
        loop.giveUp()
        running.ended()
    }
}
