internal import Glibc
public import Logging
public import TCPSockets

// The server. In reading order:
//
//   ServerConfiguration    everything that can be chosen
//   Conversation           one conversation as a pure state machine, without socket or clock
//   EventLoop              a thread's share of the connections; its extensions: arrivals, conversation,
//                          departures, silence, co-processes
//   Connection             what the loop keeps for each client
//   OperatorDesk           questions on their way to a person
//   OperatorConsole        that person's terminal
//   CoProcess              questions on their way to a process
//   Transcript             the record of what was answered
//   AllowRule              who may come in
//   SpareDescriptor        how a full descriptor table is survived
//   Mailbox, Notices, Running, LoopThread    what threads tell one another

/// An ask-answer server.
///
/// `init` does what can fail: it listens, opens the transcript, takes over the signals. `run` serves until
/// SIGINT or SIGTERM.
@MainActor
public final class ChatServer {
    /// Where it listens, with the port that the kernel chose if none was asked for.
    public let endpoint: Endpoint
    private let share: ServerShare
    private let signals: Signals
    private let notices: Notices?
    private var mailboxes: [Mailbox] = []
    private var threads: [LoopThread] = []
    private let runningLoops: Running
    /// The loop of a server that needs no threads, until `run`.
    private var onlyLoop: OnlyLoop?

    /// A class to keep the loop in, which cannot be copied, until it is its turn.
    private final class OnlyLoop {
        var loop: EventLoop
        init(_ loop: consuming EventLoop) { self.loop = loop }
    }

    /// - Parameters:
    ///   - notices: Where log lines go that are to be shown above the operator's line.
    /// - Throws: `AddressDiagnosis`, `SocketError`, `OptionNotTaken`, `TranscriptError`.
    public init(configuration: ServerConfiguration, logger: Logger, notices: Notices? = nil) throws {
        // Writing to a process that has gone is an error of write(), not the end of the server.
        signal(SIGPIPE, SIG_IGN)
        signals = try Signals([SIGINT, SIGTERM, SIGTSTP, SIGWINCH])
        raiseDescriptorLimit()
        self.notices = notices
        share = try ServerShare(configuration: configuration, logger: logger)
        runningLoops = try Running()
        let listener = try Self.listen(configuration)
        do {
            endpoint = try listener.localEndpoint()
            if configuration.loops == 1, share.desk == nil {
                let loop = try EventLoop(
                    number: 0, share: share, mailbox: Mailbox(), listener: listener.duplicate(), signals: signals)
                onlyLoop = OnlyLoop(loop)
            } else {
                for number in 0..<configuration.loops {
                    try startLoop(number, listener: listener.duplicate())
                }
            }
        } catch {
            try? listener.close()
            throw error
        }
        try listener.close()
    }

    /// socket → bind → listen.
    private static func listen(_ configuration: ServerConfiguration) throws -> TCPSocket {
        let socket = try TCPSocket(configuration.endpoint.address.family)
        do {
            if configuration.reuseAddress { try socket.set(.reuseAddress, to: 1) }
            // Accepted sockets inherit it. Answers that wait for one another are written together already.
            try socket.set(.noDelay, to: 1)
            try socket.bind(to: configuration.endpoint)
            try socket.listen()
        } catch {
            try? socket.close()
            guard let error = error as? SocketError, error.call == .bind || error.call == .listen else { throw error }
            throw AddressDiagnosis(error, local: configuration.endpoint)
        }
        return socket
    }

    private func startLoop(_ number: Int, listener: consuming TCPSocket) throws {
        let mailbox = try Mailbox()
        mailboxes.append(mailbox)
        let (share, runningLoops) = (share, runningLoops)
        // Made on its thread, where it stays: the listener moves there as a plain descriptor.
        let descriptor = listener.descriptor
        listener.abandon()
        runningLoops.began()
        threads.append(
            LoopThread {
                do {
                    let listener = TCPSocket(owning: descriptor)
                    var loop = try EventLoop(number: number, share: share, mailbox: mailbox, listener: listener)
                    try loop.run()
                } catch {
                    share.logger.critical("event loop \(number) ended: \(error)")
                }
                runningLoops.ended()
            })
    }

    /// Serves until SIGINT or SIGTERM, then finishes what is in hand.
    ///
    /// - Throws: `SocketError`.
    public func run() throws {
        if let onlyLoop {
            // In a process of one thread, every system call and every reference count is cheaper.
            try onlyLoop.loop.run()
        } else {
            try runThreads()
        }
        try awaitCoProcesses()
    }

    private func runThreads() throws {
        let console = share.desk.map { OperatorConsole(desk: $0, notices: notices, endpoint: endpoint, post: post) }
        defer { console?.close() }
        var isDraining = false
        while !runningLoops.isIdle {
            let awaited: [Awaited] = [
                .input(signals.descriptor), .input(runningLoops.wakeup.descriptor),
            ]
            let ready = try wait(for: awaited + (console?.awaited ?? []))
            if ready.contains(1) { runningLoops.wakeup.silence() }
            var endsNow = false
            while ready.contains(0), let signal = signals.next() {
                switch signal {
                case SIGTSTP: suspend(console)
                case SIGWINCH: console?.resized()
                default: endsNow = true
                }
            }
            let places = awaited.count
            if console?.handle(Set(ready.filter { $0 >= places }.map { $0 - places })) == .ended { endsNow = true }
            if endsNow {
                drain(within: isDraining ? .zero : share.configuration.drainTimeout)
                isDraining = true
            }
        }
        for thread in threads { thread.join() }
    }

    private func post(_ request: LoopRequest, to loop: Int) {
        mailboxes[loop].post(request)
    }

    private func drain(within time: Duration) {
        share.logger.info("shutting down")
        for mailbox in mailboxes { mailbox.post(.drain(deadline: .now + time)) }
    }

    private func suspend(_ console: OperatorConsole?) {
        console?.pause()
        raise(SIGSTOP)
        console?.resume()
    }

    /// Each was told to end, and Subprocess kills those that do not; it takes about a second at most.
    private func awaitCoProcesses() throws {
        let deadline = ContinuousClock.now + .seconds(2)
        while !share.coProcesses.isIdle, ContinuousClock.now < deadline {
            _ = try wait(for: [.input(share.coProcesses.wakeup.descriptor)], until: deadline)
            share.coProcesses.wakeup.silence()
        }
    }
}

/// Lets the process have as many descriptors as the system allows it (getrlimit(2), RLIMIT_NOFILE): one
/// for each client.
private func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
