/// A number of places, of which each is taken and given back: a semaphore for tasks.
package actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ count: Int) {
        free = count
    }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Holds a place as long as a block runs.
    package nonisolated func use<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        await take()
        do {
            // Whoever waited for a place may have been told meanwhile that the result is not wanted any more.
            try Task.checkCancellation()
            let result = try await body()
            await give()
            return result
        } catch {
            await give()
            throw error
        }
    }

    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// A place that one job takes once and gives back once, at its end or before it starts to wait for a long time.
package final class Turn: Sendable {
    private let places: Places
    private let isOver = Watched(false)

    package init(_ places: Places) {
        self.places = places
    }

    package func begin() async {
        await places.take()
    }

    package func end() async {
        let isFirst = isOver.change { over in
            defer { over = true }
            return !over
        }
        if isFirst { await places.give() }
    }
}
