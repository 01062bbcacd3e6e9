import TCPSockets

/// Runs a block on a thread of its own and waits for its result: what a thread does to its network namespace stays with it,
/// and waiting in poll() has no place among Swift's tasks.
func onThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        do {
            try detachThread { continuation.resume(with: Result { try body() }) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}
