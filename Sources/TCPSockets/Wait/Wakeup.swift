internal import CLinux
internal import Glibc

/// A bell that one thread rings and another one polls for.
///
/// The corresponding C function is `eventfd` (eventfd(2)).
public final class Wakeup: Sendable {
    /// Readable once the bell was rung.
    public let descriptor: CInt

    public init() throws(SocketError) {
        let flags = CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK)
        let result = try systemCall(.eventfd, on: -1, isTraced: false) { Int(eventfd(0, flags)) }
        descriptor = CInt(result)
    }

    deinit {
        Glibc.close(descriptor)
    }

    public func ring() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the bell is ringing already.
        _ = Glibc.write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Takes note of all rings so far.
    public func silence() {
        var count: UInt64 = 0
        _ = Glibc.read(descriptor, &count, MemoryLayout<UInt64>.size)
    }
}
