internal import Glibc

/// A thread of its own for an event loop, which blocks in epoll_wait() and so has no place in the pool of
/// Swift's tasks.
///
/// The corresponding C functions are `pthread_create` and `pthread_join`.
struct LoopThread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let thread: pthread_t

    init(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body)).toOpaque()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, work)
        precondition(result == 0, "pthread_create: \(result)")
        self.thread = thread
    }

    func join() {
        pthread_join(thread, nil)
    }
}
