internal import CLinux
internal import Glibc

/// A descriptor that one thread makes readable for another, which polls it.
///
/// The corresponding C function is `eventfd` (eventfd(2)).
public final class EventDescriptor: Sendable {
    /// Readable from `signal` until `drain`.
    public let descriptor: CInt

    /// - Throws: `SocketError`, where the process has no descriptor left.
    public init() throws(SocketError) {
        let flags = CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK)
        let result = try systemCall(.eventfd, on: -1, isTraced: false) { Int(eventfd(0, flags)) }
        descriptor = CInt(result)
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Makes the descriptor readable. The corresponding C function is `write`.
    public func signal() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the descriptor is readable already.
        _ = Glibc.write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Takes all signals so far, so that the next one is news. The corresponding C function is `read`.
    public func drain() {
        var count: UInt64 = 0
        _ = Glibc.read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
