package import Glibc

/// Runs a block on a thread of its own, to be waited for by pthread_join().
///
/// The corresponding C function is `pthread_create`.
package func startThread(_ body: @escaping @Sendable () -> Void) throws(SocketError) -> pthread_t {
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
        throw SocketError(.pthreadCreate, Errno(rawValue: result))
    }
    return thread
}

/// Runs a block on a thread of its own, for which nobody waits.
///
/// The corresponding C functions are `pthread_create` and `pthread_detach`.
package func detachThread(_ body: @escaping @Sendable () -> Void) throws(SocketError) {
    pthread_detach(try startThread(body))
}
