import Console
import Glibc
package import Logging
package import TCPSockets

// The server. In reading order:
//
//   ServerConfiguration    everything that can be chosen
//   Conversation           one conversation as a pure state machine, without socket or clock; CloseReason
//   EventLoop              one thread: it waits for events, and hands each to the object whose affair it is
//   Acceptor               the listener; AcceptBurst, SpareDescriptor
//   Connections            opened, watched, looked after, closed; DescriptorTable, IdleSweep
//   ClientConnection       a client's socket, and the bytes on their way; PendingAnswer, RefusedWait
//   Conversations          bytes to messages, messages to actions, actions carried out; WorkBudget
//   Delivery               answers, recorded and sent; SendBuffer, Recorder
//   Answerers              who answers: OperatorInbox, QuestionQueue, or CoProcessAnswerer
//   OperatorConsole        the operator's terminal; Notices
//   CoProcess              questions on their way to a process; PipePolling
//   CoProcesses            how it is started, and by what it is outlived by none; StandardErrorLog, TerminatingProcesses
//   Transcript             the record of what was answered; TranscriptEntries, TranscriptMending
//   FailedProofs           wrong proofs, counted by address
//   ServerContext          what all loops share
//   AdmissionControl       who may come in, and how many; AllowRule, Refusal, DescriptorBudget
//   LogOutput              where log lines go, which wait for nobody; LogRateLimit, LogRetry
//   ActivatedListener      a socket that systemd has opened
//   ForcedExit             how it ends although its terminal is held up
//   LoopRequest, ServerSignals, LoopCount, LoopThread    what threads tell one another

/// An ask-answer server.
///
/// `init` does what can fail: it listens, opens the transcript, takes over the signals. `run` serves until
/// SIGINT or SIGTERM.
@MainActor
package final class ChatServer {
    /// Where it listens, with the port that the kernel chose if none was asked for.
    package let endpoint: Endpoint
    private let context: ServerContext
    private let signals: ServerSignals
    private let notices: Notices?
    private let mailboxes: [Mailbox<LoopRequest>]
    private var loops: [LoopBox] = []
    private let runningLoops: LoopCount
    private let forcedExit = ForcedExit()
    /// Whether the operator knows that the server ends.
    private var isDraining = false

    /// - Parameters:
    ///   - log: Where the logger's lines end up.
    ///   - notices: Where log lines go that are to be shown above the operator's line.
    /// - Throws: `AddressDiagnosis`, `SocketError`, `OptionNotTaken`, `TranscriptError`.
    package init(
        configuration: ServerConfiguration, logger: Logger, log: LogOutput, notices: Notices? = nil
    ) throws {
        // Writing to a process that has gone is an error of write(), not the end of the server.
        signal(SIGPIPE, SIG_IGN)
        // So is a transcript that has reached the limit for files (RLIMIT_FSIZE).
        signal(SIGXFSZ, SIG_IGN)
        mailboxes = try (0..<configuration.loops).map { _ in try Mailbox<LoopRequest>() }
        needsThreads = configuration.loops > 1 || configuration.answering == .operatorAtKeyboard
        signals = try ServerSignals(mailboxes: mailboxes, isAlone: !needsThreads)
        raiseDescriptorLimit()
        self.notices = notices
        let listener = try takeActivatedListener() ?? Self.listen(configuration)
        do {
            context = try ServerContext(configuration: configuration, logger: logger, log: log)
            runningLoops = try LoopCount()
        } catch {
            try? listener.close()
            throw error
        }
        do {
            endpoint = try listener.localEndpoint()
            for number in 0..<configuration.loops { try addLoop(number, listener) }
        } catch {
            for loop in loops { loop.giveUp() }
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
            throw AddressDiagnosis(
                error,
                of: AddressRequest(
                    local: configuration.endpoint, reuseAddress: configuration.reuseAddress,
                    flags: [.reuseAddress: "leave out --no-reuse-address"]))
        }
        return socket
    }

    private func addLoop(_ number: Int, _ listener: borrowing TCPSocket) throws {
        let poller = try Poller()
        let loop = EventLoop(
            number: number, context: context, mailbox: mailboxes[number], poller: poller,
            listener: try listener.duplicate(), signals: number == 0 ? signals : nil)
        loops.append(LoopBox(loop, running: runningLoops, forcedExit: forcedExit))
    }

    /// A single loop that no person answers for is the whole server, and needs no thread: in a process of one
    /// thread, every system call and every reference count is cheaper.
    private let needsThreads: Bool

    /// Instead of `run`: ends without having served.
    package func giveUp() {
        for loop in loops { loop.giveUp() }
    }

    /// Serves until SIGINT or SIGTERM, then finishes what is in hand.
    ///
    /// - Throws: `SocketError`; `LoopThread.Failure`.
    package func run() throws {
        defer { context.log.finish() }
        if needsThreads {
            try runThreads()
        } else {
            forcedExit.cancel()
            loops[0].run()
        }
        if let failure = loops.lazy.compactMap(\.failure).first { throw failure }
    }

    private func startThreads() throws -> [LoopThread] {
        var threads: [LoopThread] = []
        for (number, loop) in loops.enumerated() {
            do {
                threads.append(try LoopThread(loop))
            } catch {
                forcedExit.cancel()
                for loop in loops[number...] { loop.giveUp() }
                drain(within: .zero)
                for thread in threads { thread.join() }
                throw error
            }
        }
        return threads
    }

    private func runThreads() throws {
        let threads = try startThreads()
        let console = context.inbox.map { OperatorConsole(inbox: $0, notices: notices, endpoint: endpoint, post: post) }
        defer { console?.close() }
        while !runningLoops.isZero {
            let awaited: [Awaited] = [
                .input(signals.passedDescriptor), .input(runningLoops.descriptor),
            ]
            let ready = try wait(for: awaited + (console?.awaited ?? []))
            if ready.contains(1) { runningLoops.drain() }
            if ready.contains(0) { for signal in signals.takePassed() { handle(signal, console) } }
            let places = awaited.count
            if console?.handle(Set(ready.filter { $0 >= places }.map { $0 - places })) == .ended {
                let time = isDraining ? .zero : context.configuration.drainTimeout
                console?.ends(within: time)
                drain(within: time)
                isDraining = true
            }
        }
        forcedExit.cancel()
        for thread in threads { thread.join() }
    }

    private func handle(_ signal: CInt, _ console: OperatorConsole?) {
        switch signal {
        case SIGTSTP: suspend(console)
        case SIGCONT: console?.resume(after: .continued)
        case SIGWINCH: console?.resume(after: .resized)
        case SIGQUIT:
            console?.close()
            Signals.die(of: signal)
        default:
            // The loops know already.
            console?.ends(within: isDraining ? .zero : context.configuration.drainTimeout)
            isDraining = true
        }
    }

    private func post(_ request: LoopRequest, to loop: Int) {
        mailboxes[loop].post(request)
    }

    private func drain(within time: Duration) {
        context.logger.info("shutting down")
        signals.drain(deadline: .now + time)
    }

    private func suspend(_ console: OperatorConsole?) {
        console?.pause()
        Signals.suspend()
        console?.resume(after: .resumed)
    }
}
