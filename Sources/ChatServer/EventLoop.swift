import Glibc
import Logging
import TCPSockets

/// One thread's part of the server: it waits for events, and hands each to the object whose affair it is.
///
/// A struct without copies, and not a class: what it touches for every answer is then checked for overlapping access
/// when it is compiled, and not each time it runs.
struct EventLoop: ~Copyable {
    let number: Int
    let context: ServerContext
    private let mailbox: Mailbox<LoopRequest>
    /// Set where this loop looks after the signals, for all loops.
    private let signals: ServerSignals?
    private var acceptor: Acceptor
    private var conversations: Conversations
    /// Where this loop looks after the signals, for all loops' co-processes.
    private var standardError: StandardErrorLog?
    private var logRetry = LogRetry()
    private var isDraining = false
    /// Whether a signal has told the loops to drain, which they will do as soon as they read it.
    private var isToldToEnd = false

    /// Everything that can fail to be made is made before: an `init` that threw would drop the listener.
    init(
        number: Int, context: ServerContext, mailbox: Mailbox<LoopRequest>, poller: consuming Poller,
        listener: consuming TCPSocket, signals: ServerSignals?
    ) {
        self.number = number
        self.context = context
        self.mailbox = mailbox
        self.signals = signals
        acceptor = Acceptor(listener)
        conversations = Conversations(context, poller: poller, loop: number)
        if signals != nil, let coProcesses = context.coProcesses {
            standardError = StandardErrorLog(reading: coProcesses.standardError, logger: context.logger)
        }
    }

    private var now: Moment { conversations.connections.now }

    /// Serves until it is told to drain and nothing is left.
    mutating func run() throws {
        try watch()
        while !isDraining || conversations.isBusy {
            let count = try conversations.connections.poller.wait(mayBlock: !conversations.hasMoreToDo)
            conversations.connections.now = .now
            for index in 0..<count { handle(conversations.connections.poller[index]) }
            while let token = conversations.connections.poller.nextDue(at: now) { handleDue(token) }
            if conversations.hasMoreToDo { conversations.goOn() }
            if context.log.isPending, let time = logRetry.schedule(now: now) { schedule(LoopToken.log, at: time) }
        }
    }

    private mutating func watch() throws {
        try conversations.connections.poller.add(mailbox.descriptor, for: .readable, token: LoopToken.mailbox)
        if let signals {
            try conversations.connections.poller.add(signals.descriptor, for: .readable, token: LoopToken.signals)
        }
        standardError?.watch(conversations.connections.poller)
        try acceptor.watch(conversations.connections.poller)
    }

    private mutating func schedule(_ token: Poller.Token, at time: Moment) {
        conversations.connections.poller.schedule(token, at: time)
    }

    // MARK: events

    private mutating func handle(_ event: (token: Poller.Token, readiness: Poller.Readiness)) {
        if let connection = conversations.connections[event.token] {
            conversations.ready(connection, event.readiness)
        } else {
            handleSpecial(event.token)
        }
    }

    /// Kept out of its caller, in which nearly always none of it runs.
    @inline(never)
    private mutating func handleSpecial(_ token: Poller.Token) {
        switch token {
        case LoopToken.listener: acceptWaiting()
        case LoopToken.mailbox: fulfilRequests()
        case LoopToken.signals: takeSignals()
        case LoopToken.standardError:
            standardError?.read(&conversations.connections.poller, now: conversations.connections.now)
        default: handleCoProcess(token)
        }
    }

    private mutating func handleDue(_ token: Poller.Token) {
        switch token {
        case LoopToken.acceptAgain: acceptAgain()
        case LoopToken.sweep:
            // Answers that have come already count.
            fulfilRequests()
            conversations.sweep()
        case LoopToken.drainDeadline: conversations.endDraining()
        case LoopToken.log: logRetry.tried(madeRoom: context.log.goOn())
        case LoopToken.terminating: conversations.reapCoProcesses()
        case LoopToken.transcript: conversations.goOnRecording()
        case LoopToken.standardError:
            standardError?.readAgain(&conversations.connections.poller, now: conversations.connections.now)
        case LoopToken.hangUp: if signals?.terminalIsGone == true { drainAll() }
        case let token where token & LoopToken.coProcess != 0: handleCoProcess(token)
        case let token where token & LoopToken.probe != 0:
            if let connection = conversations.connections[token & ~LoopToken.probe] {
                conversations.connections.probe(connection)
            }
        case let token: if let connection = conversations.connections[token] { conversations.closeIsDue(connection) }
        }
    }

    private mutating func handleCoProcess(_ token: Poller.Token) {
        guard token & LoopToken.coProcess != 0,
            let connection = conversations.connections[token & ~LoopToken.coProcess]
        else { return }
        conversations.coProcessReady(connection)
    }

    // MARK: accept

    private mutating func acceptWaiting() {
        do throws(SocketError) {
            while let arrival = try acceptor.next() { conversations.admit(arrival) }
        } catch {
            acceptFailed(error)
        }
    }

    private mutating func acceptFailed(_ error: SocketError) {
        switch error.errno {
        case .connectionAborted: return
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            context.logger.error("descriptor table full", metadata: ["call": "\(error)"])
            if let arrival = acceptor.acceptOnSpareDescriptor() { conversations.sendAway(arrival, .noDescriptor) }
            acceptor.reserveDescriptor()
        default: context.logger.error("\(error)")
        }
        acceptor.pause(&conversations.connections.poller, now: now)
    }

    private mutating func acceptAgain() {
        do {
            try acceptor.watch(conversations.connections.poller)
        } catch {
            context.logger.error("\(error)")
            acceptor.pause(&conversations.connections.poller, now: now)
        }
    }

    // MARK: requests and signals

    private mutating func fulfilRequests() {
        for request in mailbox.takeAll() {
            switch request {
            case .answer(let token, let text):
                if let connection = conversations.connections[token] { conversations.answer(connection, text) }
            case .answererFailed(let token, let reason):
                if let connection = conversations.connections[token] { conversations.fail(connection, reason) }
            case .drain(let deadline): drain(until: deadline)
            }
        }
    }

    private mutating func takeSignals() {
        while let signal = signals?.next() {
            switch signal {
            case SIGQUIT, SIGTSTP, SIGCONT, SIGWINCH: signals?.pass(signal)
            case SIGHUP:
                context.reopenTranscript()
                context.reloadIdentities()
                // The kernel sends it a moment before it takes the terminal away (drivers/tty/tty_jobctrl.c).
                schedule(LoopToken.hangUp, at: now + .milliseconds(100))
            default: drainAll()
            }
        }
    }

    // MARK: end

    /// Has all loops end: the first time with patience, the second time without.
    private mutating func drainAll() {
        context.logger.info("shutting down")
        let patience = isDraining || isToldToEnd ? Duration.zero : context.configuration.drainTimeout
        signals?.drain(deadline: now + patience)
        isToldToEnd = true
        signals?.pass(SIGTERM)
    }

    private mutating func drain(until deadline: Moment) {
        isDraining = true
        acceptor.stop(conversations.connections.poller)
        schedule(LoopToken.drainDeadline, at: deadline)
        conversations.drain()
    }

    /// Gives up whatever there is, after a failure.
    mutating func giveUp() {
        acceptor.stop(conversations.connections.poller)
        conversations.abort()
    }
}
