internal import CLinux
internal import Glibc

/// Signals as something to read: they wait their turn among the other events.
///
/// A handler writes each signal's number into a pipe. (signalfd(2) would need the signal blocked in every thread, and the
/// threads of libdispatch, which runs Swift's tasks, unblock all signals: there the signal would end the process.)
/// Handlers belong to the process, so only one instance can be of use.
public final class Signals: Sendable {
    /// Readable once one of the signals has come.
    public let descriptor: CInt

    /// Catches signals, such as SIGINT, from now on.
    ///
    /// The corresponding C functions are `pipe2` and `sigaction`.
    public init(_ numbers: [CInt]) throws(SocketError) {
        var ends: (read: CInt, write: CInt) = (-1, -1)
        try systemCall(.pipe2, on: -1, isTraced: false) {
            withUnsafeMutableBytes(of: &ends) { bytes in
                Int(pipe2(bytes.assumingMemoryBound(to: CInt.self).baseAddress, O_CLOEXEC | O_NONBLOCK))
            }
        }
        descriptor = ends.read
        clinux_note_signals_in(ends.write)
        for number in numbers {
            try systemCall(.sigaction, on: -1, isTraced: false) { Int(clinux_note_signal(number)) }
        }
    }

    /// The next signal that has come, if any.
    public func next() -> CInt? {
        var number: UInt8 = 0
        return Glibc.read(descriptor, &number, 1) == 1 ? CInt(number) : nil
    }

    /// Whether a signal that asks the program to end has come, whoever looks after it.
    public static var askToEnd: Bool { [SIGINT, SIGTERM, SIGHUP].contains { clinux_signal_has_come($0) != 0 } }

    /// Stops the process, as SIGTSTP stops one that does not catch it, until it is told to go on.
    public static func suspend() {
        var byDefault = sigaction()
        byDefault.__sigaction_handler.sa_handler = SIG_DFL
        var before = sigaction()
        // Going on tells nothing that the return from here does not.
        sigaction(SIGCONT, &byDefault, &before)
        // In this thread: another one may take a signal to the process, and this one would run on meanwhile.
        raise(SIGSTOP)
        sigaction(SIGCONT, &before, nil)
    }

    /// Does what the kernel does to a program that reads from its terminal in the background (SIGTTIN).
    ///
    /// - Returns: Whether the process was stopped, and has been told to go on; false where it has been asked to end.
    public static func stopInBackground() -> Bool {
        // A shell's `kill` sends a stopped job SIGTERM, then SIGCONT, and another thread may be about to take the first. Nothing
        // tells that none will; stopped before, the process would keep SIGTERM until somebody lets it go on.
        if clinux_signal_has_come(SIGCONT) != 0 {
            for _ in 0..<200 where !askToEnd { usleep(1000) }
        }
        return !askToEnd && clinux_stop_by(SIGTTIN) != 0
    }

    /// Ends the process as a signal ends a program that does not catch it.
    public static func die(of number: CInt) -> Never {
        signal(number, SIG_DFL)
        raise(number)
        _exit(128 + number)
    }
}
