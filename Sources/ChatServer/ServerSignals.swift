import Glibc
import Synchronization
import TCPSockets

/// The signals of the server, which its first event loop looks after: a loop never waits for anything, whereas the main
/// thread of an operator may be kept waiting by a terminal.
final class ServerSignals: Sendable {
    private let signals: Signals
    private let mailboxes: [Mailbox]
    /// Whether there was a terminal whose end is the end of the server.
    private let hasTerminal: Bool
    /// Whether there is no main thread beside the loop.
    private let isAlone: Bool
    private let passed = Mutex<[CInt]>([])
    /// Rung when there is a signal that is the main thread's affair.
    let wakeup: Wakeup

    /// - Throws: `SocketError`.
    init(mailboxes: [Mailbox], isAlone: Bool) throws {
        self.mailboxes = mailboxes
        self.isAlone = isAlone
        wakeup = try Wakeup()
        // nohup(1) ignores it: then the server is to outlive its terminal.
        hasTerminal = Self.canOpenTerminal && !Self.ignoresHangUp
        signals = try Signals([SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH])
    }

    var descriptor: CInt { signals.descriptor }

    func next() -> CInt? { signals.next() }

    /// Whether the controlling terminal of the start is no more.
    var terminalIsGone: Bool { hasTerminal && !Self.canOpenTerminal }

    func drain(deadline: Moment) {
        for mailbox in mailboxes { mailbox.post(.drain(deadline: deadline)) }
    }

    /// Hands a signal to the main thread, which looks after the terminal, or does here what there is to do without one.
    func pass(_ signal: CInt) {
        guard !isAlone else {
            return actAlone(upon: signal)
        }
        passed.withLock { $0.append(signal) }
        wakeup.ring()
    }

    private func actAlone(upon signal: CInt) {
        switch signal {
        case SIGTSTP: Signals.suspend()
        case SIGQUIT: Signals.die(of: signal)
        default: break
        }
    }

    func takePassed() -> [CInt] {
        wakeup.silence()
        return passed.withLock { signals in
            defer { signals = [] }
            return signals
        }
    }

    private static var canOpenTerminal: Bool {
        let descriptor = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    private static var ignoresHangUp: Bool {
        var action = sigaction()
        guard sigaction(SIGHUP, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
