import Glibc
import Logging
import TCPSockets

/// The co-processes of one event loop: started one at a time, asked, and ended.
struct CoProcessAnswerer {
    typealias Outcome = Answerers.Outcome

    private let processes: CoProcesses
    private let maximumAnswer: Int
    private let logger: Logger
    /// Connections whose question waits for a process to be started.
    private var starting: [ClientConnection] = []
    private var terminating = TerminatingProcesses()
    /// A client that has waited so long has been probed, and waits no longer than any other.
    private static let probedAfter = Duration.seconds(2)

    /// - Parameter maximumAnswer: The longest answer in bytes.
    init(_ processes: CoProcesses, maximumAnswer: Int, logger: Logger) {
        self.processes = processes
        self.maximumAnswer = maximumAnswer
        self.logger = logger
    }

    /// Whether `startOne` has something to do.
    var hasToStart: Bool { !starting.isEmpty }

    /// Whether there is a process that may still end in time.
    func keepsWaiting(at now: Moment) -> Bool { terminating.keepsWaiting(at: now) }

    /// Asks the process of a connection, which is started later where there is none.
    mutating func ask(_ connection: ClientConnection, _ question: String, _ poller: inout Poller, now: Moment)
        -> Outcome
    {
        guard !connection.pending.hasLostCoProcess else { return .failed(CoProcess.ended) }
        guard let coProcess = connection.pending.coProcess else {
            starting.append(connection)
            return .pending
        }
        return handOver(question, connection, coProcess, &poller, now)
    }

    /// Starts one of the processes that are wanted. It takes a millisecond or two, in which the loop does nothing else; so
    /// all others have their turn before the next one, and those who have sent FIN, and may be gone, come last.
    ///
    /// - Returns: For whom, and what came of it.
    mutating func startOne(_ poller: inout Poller, now: Moment) -> (connection: ClientConnection, outcome: Outcome)? {
        guard let first = starting.first else { return nil }
        let isLate = now - first.pending.askedAt >= Self.probedAfter
        let connection = starting.remove(at: isLate ? 0 : starting.firstIndex { !$0.mayHaveEnd } ?? 0)
        guard connection.isOpen, connection.conversation.phase == .answering else { return nil }
        do {
            try start(connection, poller, now)
        } catch {
            logger.error("co-process: \(error)", metadata: ["client": "\(connection.label)"])
            return (connection, .failed("the answering process did not start"))
        }
        guard let coProcess = connection.pending.coProcess, let question = connection.pending.question else {
            return nil
        }
        return (connection, handOver(question, connection, coProcess, &poller, now))
    }

    private func start(_ connection: ClientConnection, _ poller: borrowing Poller, _ now: Moment) throws {
        let coProcess = try CoProcess(processes, maximumAnswer: maximumAnswer, now: now)
        connection.pending.coProcess = coProcess
        if processes.takeLossOfGuardian() {
            logger.warning("chat-guardian was killed; a new one replaced it")
        }
        let token = connection.token | LoopToken.coProcess
        try poller.add(coProcess.outputDescriptor, for: [.readable, .edgeTriggered], token: token)
        try poller.add(coProcess.inputDescriptor, for: [.writable, .edgeTriggered], token: token)
    }

    /// Goes on with the process of a connection, as far as it goes without waiting.
    func goOn(_ connection: ClientConnection, _ poller: inout Poller, now: Moment) -> Outcome {
        guard let coProcess = connection.pending.coProcess else { return .pending }
        return handle(coProcess.goOn(now: now), connection, &poller, now)
    }

    /// Hands the question over; how long the one before was polled for is forgotten.
    private func handOver(
        _ question: String, _ connection: ClientConnection, _ coProcess: CoProcess, _ poller: inout Poller,
        _ now: Moment
    ) -> Outcome {
        connection.pending.polling = PipePolling()
        return handle(coProcess.ask(question, now: now), connection, &poller, now)
    }

    private func handle(
        _ outcome: CoProcess.Outcome, _ connection: ClientConnection, _ poller: inout Poller, _ now: Moment
    ) -> Outcome {
        let token = connection.token | LoopToken.coProcess
        switch outcome {
        case .nothing: break
        case .again: poller.schedule(token, at: now)
        case .holds: if let time = connection.pending.polling.schedule(now: now) { poller.schedule(token, at: time) }
        case .ended:
            connection.pending.hasLostCoProcess = true
            return .ended
        case .answer(let text): return .answer(text)
        case .failed(let reason): return .failed(reason)
        }
        return .pending
    }

    /// Ends the process of a connection, if it has one.
    mutating func end(_ connection: ClientConnection, _ poller: inout Poller, now: Moment) {
        guard let coProcess = connection.pending.coProcess.take() else { return }
        coProcess.close()
        if terminating.isEmpty { poller.schedule(LoopToken.terminating, at: now) }
        terminating.end(coProcess.process, now: now)
    }

    /// Looks at the processes that are to end.
    mutating func reap(_ poller: inout Poller, now: Moment) {
        terminating.look(processes, now: now)
        if !terminating.isEmpty {
            poller.schedule(LoopToken.terminating, at: now + TerminatingProcesses.lookInterval)
        }
    }
}
