import Glibc

/// A descriptor held in reserve, so that a server whose descriptor table is full can still take a client
/// out of the queue and tell it so. (The alternative is a client that waits for nothing, and a poller that
/// reports the same waiting client for ever.)
struct SpareDescriptor: ~Copyable {
    private var descriptor: CInt = -1

    init() {
        reserve()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Makes room for one descriptor, until `reserve`.
    mutating func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    /// Takes one back; where there is none left, the next `release` makes no room.
    mutating func reserve() {
        guard descriptor < 0 else { return }
        descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
    }
}
