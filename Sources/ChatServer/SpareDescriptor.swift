import Glibc

/// A descriptor held in reserve, so that a server whose descriptor table is full can still take a client
/// out of the queue and tell it so. (The alternative is a client that waits for nothing, and a poller that
/// reports the same waiting client for ever.)
final class SpareDescriptor {
    private var descriptor: CInt

    init() {
        descriptor = Self.open()
    }

    deinit {
        close(descriptor)
    }

    /// Runs a block with one descriptor more than there would be.
    func lend(_ body: () -> Void) {
        close(descriptor)
        body()
        descriptor = Self.open()
    }

    private static func open() -> CInt { Glibc.open("/dev/null", O_RDONLY | O_CLOEXEC) }
}
