import ChatProtocol
import Identities
import Logging
import TCPSockets

/// The conversations of one event loop: bytes to messages, messages to actions, actions carried out.
///
/// Edge-triggered, so that a connection costs no epoll_ctl() between its first and its last byte; one read
/// where one suffices; the answers to all questions of one read go out in one write.
struct Conversations: ~Copyable {
    var connections: Connections
    private let context: ServerContext
    private var delivery: Delivery
    private var answerers: Answerers
    /// Of the connection whose turn it is.
    private var budget = WorkBudget()
    /// Connections that have had their turn and have more to do.
    private var unfinished: [ClientConnection] = []
    /// Reads of all connections go here.
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 8)
    /// How many full reads a connection gets before the others have their turn.
    private static let readsPerTurn = 4

    /// - Parameter loop: The number of the loop, under which answers find it.
    init(_ context: ServerContext, poller: consuming Poller, loop: Int) {
        self.context = context
        connections = Connections(context, poller: poller)
        delivery = Delivery(Recorder(context.transcript, logger: context.logger))
        answerers = Answerers(context, loop: loop)
    }

    deinit {
        scratch.deallocate()
    }

    private var now: Moment {
        @inline(__always) get { connections.now }
    }

    /// Whether anything is left that a server which is to end waits for.
    var isBusy: Bool { !connections.isEmpty || answerers.keepsWaiting(at: now) }

    /// Whether there is something to do that no event will tell of.
    var hasMoreToDo: Bool { !unfinished.isEmpty || answerers.hasToStart }

    // MARK: begin

    /// Lets a client in, or tells it why not.
    mutating func admit(_ arrival: consuming Acceptor.Arrival) {
        if context.logsConnections {
            context.logger.debug("connected", metadata: ["client": "\(arrival.client.unmapped)"])
        }
        let refusal = context.admit(arrival.client)
        if let refusal, !context.keepOneMoreRefused() { return sendAway(arrival, refusal) }
        let connection = connections.open(arrival, isServed: refusal == nil)
        if let refusal {
            act(on: connection, connection.conversation.refuse(refusal.code, refusal.reason))
        } else {
            if context.challenges { challenge(connection) }
            // The question has usually come with the handshake's last segment.
            advance(connection)
        }
        // Only a connection that lives on is worth an epoll_ctl().
        guard connection.isOpen, connection.conversation.phase != .leaked else { return }
        if !connections.watch(connection) { act(on: connection, connection.conversation.abort()) }
    }

    /// Tells a client why it is not let in, and closes at once: there are enough already for whom that takes a second.
    func sendAway(_ arrival: consuming Acceptor.Arrival, _ refusal: Refusal) {
        let client = arrival.client.unmapped
        refusal.send(on: arrival.takeSocket(), scratch)
        context.tellEnd(of: client, .server(refusal.code))
    }

    /// Asks a client who it is.
    private mutating func challenge(_ connection: ClientConnection) {
        let challenge = Challenge.random()
        connection.challenge = challenge
        delivery.append(.challenge(challenge))
    }

    /// Looks at a proof. What a wrong one is answered waits, longer for each of the same address.
    private mutating func verify(_ connection: ClientConnection, _ frame: WholeFrame) {
        guard case .proof(let proof) = frame.message, let challenge = connection.challenge.take() else { return }
        budget.spendOnText(length: proof.code.count)
        if context.accepts(proof, to: challenge) {
            connection.name = proof.name
            connection.conversation.proved()
        } else {
            connection.conversation.disbelieve()
            let delay = context.countFailedProof(of: connection.client, now: now)
            connections.poller.schedule(connection.token, at: now + delay)
        }
    }

    // MARK: read

    /// Something has happened on a connection.
    @inline(__always)
    mutating func ready(_ connection: ClientConnection, _ readiness: Poller.Readiness) {
        connection.note(readiness)
        proceed(with: connection)
    }

    /// Gives those a turn that had more to do than one turn has room for, and starts a process for one that waits for it.
    mutating func goOn() {
        let turns = unfinished
        unfinished = []
        for connection in turns {
            connection.isUnfinished = false
            advance(connection)
        }
        if let (connection, outcome) = answerers.startOne(&connections.poller, now: now) { handle(outcome, connection) }
    }

    /// Goes on with a connection as far as it goes without waiting: decode, act, read, and so on; then write.
    @inline(never)
    mutating func advance(_ connection: ClientConnection) {
        proceed(with: connection)
    }

    /// `advance`, as a part of its caller: that of every event.
    @inline(__always)
    private mutating func proceed(with connection: ClientConnection) {
        var wasFull = false
        budget.renew()
        repeat {
            readAndTake(connection)
            wasFull = !delivery.hasRoom(connection)
            deliver(connection)
            // What was left undecoded for want of room goes on as soon as the socket has taken everything.
        } while wasFull && connection.isOpen && delivery.hasRoom(connection) && !connection.isUnfinished
        // While the answer is not ready nothing is read, so that the end would go unnoticed. It may have been
        // announced together with the question.
        if connection.mayHaveEnd, connection.waitsForAnswer { lookForEnd(connection) }
    }

    @inline(__always)
    private mutating func readAndTake(_ connection: ClientConnection) {
        var arrived = UnsafeRawBufferPointer(start: nil, count: 0)
        var reads = 0
        while connection.isOpen {
            if !arrived.isEmpty || !connection.isAtBoundary { takeMessages(connection, from: arrived) }
            guard !budget.isSpent else { return goOnLater(connection) }
            guard connection.conversation.reads, connection.mayHaveInput, delivery.hasRoom(connection) else { return }
            if reads == Self.readsPerTurn { return goOnLater(connection) }
            reads += 1
            arrived = read(connection)
        }
    }

    /// The others have their turn first.
    private mutating func goOnLater(_ connection: ClientConnection) {
        guard connection.isOpen, !connection.isUnfinished else { return }
        connection.isUnfinished = true
        unfinished.append(connection)
    }

    /// Decodes what can be answered now, straight from the place that all reads go to, and leaves the rest with the
    /// connection.
    private mutating func takeMessages(_ connection: ClientConnection, from arrived: UnsafeRawBufferPointer) {
        var arrived = arrived
        do throws(ProtocolError) {
            while connection.conversation.takesMessages, !budget.isSpent, delivery.hasRoom(connection),
                let frame = try connection.nextFrame(from: &arrived)
            {
                connection.lastActivity = now
                let action = connection.conversation.received(frame.kind)
                switch action {
                case .ask: ask(connection, frame)
                case .verify: verify(connection, frame)
                default: act(on: connection, action)
                }
            }
        } catch {
            act(on: connection, connection.conversation.violated(error))
        }
        connection.keep(arrived)
    }

    /// - Returns: The bytes that came, until the next read.
    private mutating func read(_ connection: ClientConnection) -> UnsafeRawBufferPointer {
        do throws(SocketError) {
            switch try connection.receive(into: scratch) {
            case .bytes(let bytes): return bytes
            case .endOfStream:
                act(on: connection, connection.conversation.endOfStream(atBoundary: connection.isAtBoundary))
            case .nothing: break
            }
        } catch {
            act(on: connection, connection.conversation.lost(timedOut: error.errno == .timedOut))
        }
        return UnsafeRawBufferPointer(start: nil, count: 0)
    }

    // MARK: answer

    mutating func act(on connection: ClientConnection, _ action: Conversation.Action) {
        switch action {
        case .nothing: break
        case .ask, .verify: preconditionFailure("only a frame brings a question, or a proof")
        case .refuse(let code, let reason): refuse(connection, code, reason)
        case .leak:
            withdraw(connection)
            connections.leak(connection)
        case .close(let reason):
            if delivery.owesNothing(connection) { close(connection, reason) } else { connection.closeReason = reason }
        case .drop(let reason): close(connection, reason)
        }
    }

    private mutating func ask(_ connection: ClientConnection, _ question: WholeFrame) {
        if context.echoesBytes {
            budget.spendOnCopy()
            question.withBody { delivery.append(answer: $0) }
            answered(connection)
        } else {
            ask(connection, question.text)
        }
    }

    private mutating func ask(_ connection: ClientConnection, _ question: String) {
        budget.spendOnText(length: question.utf8.count)
        switch answerers.ask(connection, question, &connections.poller, now: now) {
        case .answer(let text):
            // The turn goes on: what it leads to comes after this message.
            connection.pending.question = nil
            queueAnswer(connection, text, to: question)
        case let outcome: handle(outcome, connection)
        }
    }

    /// Goes on with the co-process of a connection.
    mutating func coProcessReady(_ connection: ClientConnection) {
        handle(answerers.goOn(connection, &connections.poller, now: now), connection)
    }

    private mutating func handle(_ outcome: Answerers.Outcome, _ connection: ClientConnection) {
        switch outcome {
        case .pending: break
        case .answer(let text): answer(connection, text)
        case .failed(let reason): fail(connection, reason)
        case .ended: withdraw(connection)
        }
    }

    /// Sends the answer of an answerer that took its time, and goes on with the connection.
    mutating func answer(_ connection: ClientConnection, _ text: String) {
        guard connection.conversation.phase == .answering else { return }
        connection.lastActivity = now
        queueAnswer(connection, text, to: connection.pending.question.take() ?? "")
        advance(connection)
    }

    /// The answerer has failed.
    mutating func fail(_ connection: ClientConnection, _ reason: String) {
        act(on: connection, connection.conversation.answererFailed(reason))
    }

    private mutating func queueAnswer(_ connection: ClientConnection, _ text: String, to question: String) {
        guard Frame.length(ofText: text) <= context.configuration.maximumFrame else {
            return fail(connection, "the answer is too long for a frame")
        }
        do {
            try delivery.recorder.add(client: connection.label, question: question, answer: text)
        } catch {
            context.logger.error("\(error)")
            return fail(connection, Self.notRecorded)
        }
        delivery.append(.answer(text))
        answered(connection)
    }

    private mutating func answered(_ connection: ClientConnection) {
        if context.configuration.padding > 0 {
            budget.spendOnPadding(length: context.configuration.padding)
            delivery.append(padding: context.configuration.padding)
        }
        act(on: connection, connection.conversation.answered())
    }

    private mutating func refuse(_ connection: ClientConnection, _ code: ErrorCode, _ reason: String) {
        withdraw(connection)
        delivery.append(.error(code, reason))
        connection.shutsDownSending = true
        connection.expectInput()
        advance(connection)
    }

    private mutating func withdraw(_ connection: ClientConnection) {
        answerers.withdraw(connection, &connections.poller, now: now)
    }

    /// Looks at the co-processes that are to end.
    mutating func reapCoProcesses() {
        answerers.reap(&connections.poller, now: now)
    }

    // MARK: write

    /// Sends what the connection has to say, and keeps what the socket does not take.
    private mutating func deliver(_ connection: ClientConnection) {
        do throws(SocketError) {
            switch try delivery.deliver(connection, now: now) {
            case .sent: if connection.isLeaving { leave(connection) }
            case .full: connection.awaitRoom(connections.poller)
            case .closed: break
            case .withheld(let isFirst): if isFirst { scheduleRecording() }
            case .notRecorded: failToRecord(connection)
            }
        } catch {
            if let reason = connection.closeReason { return close(connection, reason) }
            act(on: connection, connection.conversation.lost(timedOut: error.errno == .timedOut))
        }
    }

    private static let notRecorded = "the answer could not be recorded"

    /// None of its answers that are not recorded goes out.
    mutating func failToRecord(_ connection: ClientConnection) {
        connection.withheld = nil
        connection.closeReason = nil
        if connection.isOpen { fail(connection, Self.notRecorded) }
    }

    /// Tries again for those that wait for room in the transcript, in turn, until there is none again.
    mutating func goOnRecording() {
        var waiting = delivery.recorder.takeWaiting()[...]
        while let connection = waiting.first {
            if connection.isOpen, connection.withheld != nil { advance(connection) }
            if connection.isOpen, connection.withheld != nil { break }
            waiting.removeFirst()
        }
        if delivery.recorder.putBack(waiting) { scheduleRecording() }
    }

    private mutating func scheduleRecording() {
        connections.poller.schedule(LoopToken.transcript, at: now + Recorder.interval)
    }

    // MARK: end

    /// Everything is sent, and that was all.
    @inline(never)
    private mutating func leave(_ connection: ClientConnection) {
        if let reason = connection.closeReason {
            close(connection, reason)
        } else {
            connections.shutDownSending(connection)
        }
    }

    /// The time has come to look whether a connection can be closed.
    mutating func closeIsDue(_ connection: ClientConnection) {
        if let reason = connection.closeReason { return close(connection, reason) }
        if connection.conversation.phase == .disbelieved {
            return act(on: connection, connection.conversation.tellDisbelief())
        }
        if !connections.waitsOn(connection) { act(on: connection, connection.conversation.patienceEnded()) }
    }

    mutating func close(_ connection: ClientConnection, _ reason: CloseReason) {
        // First, so that whoever reads in the log that it is over can rely on no answer being spent on it.
        withdraw(connection)
        connections.close(connection, reason)
    }

    /// Says the last words of the server, if the socket takes them at once.
    mutating func sayLast(_ code: ErrorCode, _ reason: String, to connection: ClientConnection) {
        delivery.append(.error(code, reason))
        deliver(connection)
        connection.shutDownBeforeClose(scratch)
    }
}
