import CLinux
import Glibc
import Synchronization
import TCPSockets
import Testing

/// Runs something on a thread in a network namespace of its own, whose loopback is up, and whose sockets are its alone. It
/// takes root.
///
/// - Parameter commands: For sh(1), in that namespace, before.
func withPrivateNetwork<R: Sendable>(
    _ commands: String = "true", _ body: @escaping @Sendable () throws -> R
) throws -> R {
    let outcome = Box<R>()
    let work = Unmanaged.passRetained(
        Work {
            outcome.result = Result {
                guard clinux_unshare_network() == 0 else { throw SetupFailed(what: "unshare", code: errno) }
                let status = system("ip link set lo up && { \(commands); }")
                guard status == 0 else { throw SetupFailed(what: commands, code: status) }
                return try body()
            }
        })
    var thread = pthread_t()
    let status = pthread_create(
        &thread, nil,
        { work in
            if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run() }
            return nil
        }, work.toOpaque())
    guard status == 0 else {
        work.release()
        throw SetupFailed(what: "pthread_create", code: status)
    }
    pthread_join(thread, nil)
    return try #require(outcome.result).get()
}

/// What the thread leaves behind: read only after it has been joined.
private final class Box<R>: @unchecked Sendable {
    var result: Result<R, any Error>?
}

private final class Work {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}

private struct SetupFailed: Error {
    let what: String
    let code: CInt
}

/// Whether a thread may have a network namespace of its own.
let privateNetworkIsPossible = geteuid() == 0
