internal import Glibc

/// Runs a block on a thread of its own: what a thread does to its network namespace stays with it, and waiting in
/// poll() has no place among Swift's tasks.
///
/// The corresponding C functions are `pthread_create` and `pthread_detach`.
func startThread(_ body: @escaping @Sendable () -> Void) throws {
    final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(Body(body))
    let result = pthread_create(
        &thread, nil,
        { argument in
            guard let argument else { return nil }
            Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }, argument.toOpaque())
    guard result == 0 else {
        argument.release()
        throw LaboratoryError("pthread_create", result)
    }
    pthread_detach(thread)
}

/// Runs a block on a thread of its own and waits for its result.
func onThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
        do {
            try startThread { continuation.resume(with: Result { try body() }) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}
