/// A semaphore for tasks: a number of permits, of which each is acquired and released.
///
/// What sem_overview(7) has for threads.
package actor Semaphore {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ count: Int) {
        free = count
    }

    func acquire() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Holds a permit as long as a block runs.
    package nonisolated func use<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        await acquire()
        do {
            // Whoever waited for a permit may have been told meanwhile that the result is not wanted any more.
            try Task.checkCancellation()
            let result = try await body()
            await release()
            return result
        } catch {
            await release()
            throw error
        }
    }

    func release() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// A permit that one job acquires once and releases once, at its end or before it starts to wait for a long time.
package final class Permit: Sendable {
    private let semaphore: Semaphore
    private let isOver = ConditionVariable(false)

    package init(_ semaphore: Semaphore) {
        self.semaphore = semaphore
    }

    package func acquire() async {
        await semaphore.acquire()
    }

    package func release() async {
        let isFirst = isOver.change { over in
            defer { over = true }
            return !over
        }
        if isFirst { await semaphore.release() }
    }
}
