import Synchronization
import Text

/// A state that some change and others wait upon: a condition variable for tasks.
///
/// Nobody looks again and again: whoever waits is woken by the change itself, or by its deadline.
package final class ConditionVariable<State: Sendable>: Sendable {
    private struct Inside {
        var state: State
        var waiting: [CheckedContinuation<Void, Never>] = []
        var changes = 0
    }

    private let inside: Mutex<Inside>

    package init(_ state: State) {
        inside = Mutex(Inside(state: state))
    }

    package var state: State { read { $0 } }

    package func read<R: Sendable>(_ body: (State) -> R) -> R {
        inside.withLock { body($0.state) }
    }

    /// Changes the state and wakes all who wait.
    @discardableResult
    package func change<R: Sendable>(_ body: (inout State) -> R) -> R {
        let (result, waiting) = inside.withLock { inside in
            inside.changes += 1
            defer { inside.waiting = [] }
            return (body(&inside.state), inside.waiting)
        }
        for continuation in waiting { continuation.resume() }
        return result
    }

    /// Looks at the state now and after each change, until there is something to be found.
    ///
    /// - Parameters:
    ///   - what: What is awaited, for the error.
    ///   - time: How long to wait at most.
    /// - Throws: `NotSeen`, `CancellationError`.
    package func until<R: Sendable>(
        _ what: String, within time: Duration = Pace.current.patience, _ find: @Sendable (inout State) throws -> R?
    ) async throws -> R {
        let deadline = ContinuousClock.now + time
        var alarm: Task<Void, any Error>?
        defer { alarm?.cancel() }
        while true {
            let (found, seen) = try inside.withLock { (try find(&$0.state), $0.changes) }
            if let found { return found }
            try Task.checkCancellation()
            guard ContinuousClock.now < deadline else { throw NotSeen(what: what, time: time) }
            if alarm == nil {
                alarm = Task { [self] in
                    try await Task.sleep(until: deadline)
                    change { _ in }
                }
            }
            await changed(since: seen)
        }
    }

    private func changed(since seen: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = inside.withLock { inside in
                    if inside.changes != seen || Task.isCancelled { return true }
                    inside.waiting.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            change { _ in }
        }
    }
}

/// Something that was to happen and did not.
package struct NotSeen: Error, CustomStringConvertible {
    package let what: String
    package let time: Duration

    package init(what: String, time: Duration) {
        (self.what, self.time) = (what, time)
    }

    package var description: String { "gave up after waiting \(time.inTenths) s for \(what)" }
}
