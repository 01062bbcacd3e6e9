import TCPSockets

/// Who answers the questions of one event loop: nobody, the operator, or co-processes.
struct Answerers {
    enum Outcome: Equatable {
        /// The answer comes later.
        case pending
        case answer(String)
        case failed(String)
        /// A co-process has ended while nobody waited for it.
        case ended
    }

    private let inbox: OperatorInbox?
    private var coProcesses: CoProcessAnswerer?
    private let loop: Int

    /// - Parameter loop: The number of the loop, under which the operator's answers find it.
    init(_ context: ServerContext, loop: Int) {
        inbox = context.inbox
        self.loop = loop
        coProcesses = context.coProcesses.map {
            CoProcessAnswerer($0, maximumAnswer: context.configuration.maximumFrame - 1, logger: context.logger)
        }
    }

    /// Whether `startOne` has something to do.
    var hasToStart: Bool { coProcesses?.hasToStart == true }

    /// Whether there is a process that may still end in time.
    func keepsWaiting(at now: Moment) -> Bool { coProcesses?.keepsWaiting(at: now) == true }

    mutating func ask(_ connection: ClientConnection, _ question: String, _ poller: inout Poller, now: Moment)
        -> Outcome
    {
        connection.pending.askedAt = now
        if let inbox {
            connection.pending.question = question
            let entry = QuestionQueue.Entry(
                asker: address(connection), client: connection.client, question: question, name: connection.name)
            return inbox.arrive(entry).map { .failed($0) } ?? .pending
        }
        guard coProcesses != nil else { return .answer(question) }
        connection.pending.question = question
        return coProcesses?.ask(connection, question, &poller, now: now) ?? .pending
    }

    /// Takes the question of a connection back, and ends its process.
    mutating func withdraw(_ connection: ClientConnection, _ poller: inout Poller, now: Moment) {
        if connection.pending.question != nil {
            connection.pending.question = nil
            inbox?.withdraw(address(connection))
        }
        coProcesses?.end(connection, &poller, now: now)
    }

    /// Starts a process for one that waits for it.
    mutating func startOne(_ poller: inout Poller, now: Moment) -> (connection: ClientConnection, outcome: Outcome)? {
        coProcesses?.startOne(&poller, now: now)
    }

    /// Goes on with the process of a connection.
    func goOn(_ connection: ClientConnection, _ poller: inout Poller, now: Moment) -> Outcome {
        coProcesses?.goOn(connection, &poller, now: now) ?? .pending
    }

    /// Looks at the processes that are to end.
    mutating func reap(_ poller: inout Poller, now: Moment) {
        coProcesses?.reap(&poller, now: now)
    }

    private func address(_ connection: ClientConnection) -> QuestionQueue.Address {
        QuestionQueue.Address(loop: loop, connection: connection.token)
    }
}
