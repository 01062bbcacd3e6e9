internal import CLinux
internal import Glibc

/// Signals as something to read: they no longer interrupt, they wait their turn among the other events.
///
/// The corresponding C functions are `pthread_sigmask` and `signalfd` (signalfd(2)). Threads that are made
/// afterwards inherit the mask, so make this first.
public final class Signals: Sendable {
    /// Readable once one of the signals has come.
    public let descriptor: CInt

    /// - Parameter numbers: The signals to take over, such as SIGINT.
    public init(_ numbers: [CInt]) throws(SocketError) {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
        let flags = CInt(SFD_CLOEXEC) | CInt(SFD_NONBLOCK)
        let result = try systemCall(.signalfd, on: -1, isTraced: false) { Int(signalfd(-1, &set, flags)) }
        descriptor = CInt(result)
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// The next signal that has come, if any.
    public func next() -> CInt? {
        var information = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        guard Glibc.read(descriptor, &information, size) == size else { return nil }
        return CInt(information.ssi_signo)
    }
}
