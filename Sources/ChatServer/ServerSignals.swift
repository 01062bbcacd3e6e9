import Glibc
import TCPSockets

/// The signals of the server, which its first event loop looks after: a loop never waits for anything, whereas the main
/// thread of an operator may be kept waiting by a terminal.
final class ServerSignals: Sendable {
    private let signals: Signals
    private let mailboxes: [Mailbox<LoopRequest>]
    /// Whether there was a terminal whose end is the end of the server.
    private let hasTerminal: Bool
    /// Whether there is no main thread beside the loop.
    private let isAlone: Bool
    /// Those that are the main thread's affair.
    private let passed: Mailbox<CInt>

    /// - Throws: `SocketError`.
    init(mailboxes: [Mailbox<LoopRequest>], isAlone: Bool) throws {
        self.mailboxes = mailboxes
        self.isAlone = isAlone
        passed = try Mailbox()
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
        passed.post(signal)
    }

    private func actAlone(upon signal: CInt) {
        switch signal {
        case SIGTSTP: Signals.suspend()
        case SIGQUIT: Signals.die(of: signal)
        default: break
        }
    }

    /// Readable when signals were passed on, until `takePassed`.
    var passedDescriptor: CInt { passed.descriptor }

    func takePassed() -> [CInt] { passed.takeAll() }

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
