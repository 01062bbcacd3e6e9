import ChatProtocol
import TCPSockets

/// The connections of a run, each carried on as its socket becomes ready.
///
/// Level-triggered, and each socket is registered once: from question to question a connection costs one send(), one
/// recv() and its share of an epoll_wait(). What is sent is prepared once; what is received is looked at where it
/// arrived.
struct LoadClients: ~Copyable {
    /// The loop's, which waits with it.
    var poller: Poller
    /// When the loop last woke.
    var now = Moment.now
    var schedule: RunSchedule
    private(set) var statistics = Statistics()
    private let configuration: LoadConfiguration
    private let frameLimit: Int
    private let frames: PreparedFrames
    private var connections: [LoadConnection] = []
    private var opening: OpeningQueue
    /// How many places have a connection, or wait to have one again.
    private var liveCount: Int
    /// Reads of all connections go here.
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 131_072, alignment: 8)

    init(_ configuration: LoadConfiguration, poller: consuming Poller) {
        self.configuration = configuration
        self.poller = poller
        schedule = RunSchedule(configuration, now: now)
        frameLimit = max(Frame.defaultLimit, configuration.payload + 1)
        frames = PreparedFrames(payload: configuration.payload)
        opening = OpeningQueue(count: configuration.connections)
        liveCount = configuration.connections
        let conversation = LoadConversation(mode: configuration.mode, strategy: configuration.close)
        for number in 0..<configuration.connections {
            connections.append(LoadConnection(number: number, conversation: conversation, limit: frameLimit))
        }
    }

    deinit {
        scratch.deallocate()
    }

    /// Whether anything will ever happen again.
    var areLive: Bool { liveCount > 0 }

    // MARK: the run

    /// Opens persistent connections, some at a time.
    ///
    /// - Returns: Whether all are open, or lost.
    mutating func openMore() -> Bool {
        while let number = opening.takeNext() {
            connections[number].isOpening = true
            connect(connections[number])
        }
        return !opening.isUnderWay
    }

    /// The run begins: what is connected asks, and in churn everything connects.
    mutating func begin() {
        for connection in connections {
            switch configuration.mode {
            case .churn: connect(connection)
            case .persistent where connection.isOpen:
                connection.started = .now
                act(on: connection, connection.conversation.begin())
            case .persistent: break
            }
        }
    }

    /// The time for opening is over.
    mutating func giveUpOpening() {
        // The others have called no connect(), so it has not failed: they are left out.
        for connection in connections where connection.isOpening {
            let error = SocketError(.connect, .timedOut, endpoint: configuration.server)
            act(on: connection, connection.conversation.fail(.call(error)))
        }
        for number in opening.takeRest() { retire(connections[number]) }
    }

    /// The time is over: what has begun goes on to its end.
    mutating func end() {
        for connection in connections {
            if connection.isOpen {
                act(on: connection, connection.conversation.runEnded())
            } else {
                retire(connection)
            }
        }
    }

    /// Whatever is left is given up.
    mutating func giveUpAll() {
        for connection in connections where connection.isOpen {
            act(on: connection, connection.conversation.fail(.unfinished))
        }
    }

    // MARK: connect

    /// Begins a conversation.
    private mutating func connect(_ connection: LoadConnection) {
        connection.renew(LoadConversation(mode: configuration.mode, strategy: configuration.close), limit: frameLimit)
        do {
            let question = configuration.mode == .churn ? frames.question : nil
            if try connection.connect(to: configuration.server, firstBytes: question) {
                connected(connection)
            } else {
                try connection.watch(for: .writable, poller)
            }
        } catch {
            act(on: connection, connection.conversation.fail(LoadFailure(error)))
        }
    }

    private mutating func connected(_ connection: LoadConnection) {
        openingEnded(connection)
        act(on: connection, connection.conversation.connected())
    }

    private mutating func openingEnded(_ connection: LoadConnection) {
        guard connection.isOpening else { return }
        connection.isOpening = false
        opening.ended()
    }

    // MARK: send and receive

    /// Something has happened on a socket.
    mutating func ready(_ number: Int) {
        let connection = connections[number]
        do {
            switch connection.conversation.phase {
            case .listening, .opened, .awaitingEnd: try receive(connection)
            case .asking: try ask(connection)
            case .leaving: try leave(connection)
            case .connecting:
                if let errno = try connection.pendingError() {
                    throw SocketError(.connect, errno, endpoint: configuration.server)
                }
                connected(connection)
            case .pausing, .over: break
            }
        } catch {
            act(on: connection, connection.conversation.fail(LoadFailure(error)))
        }
    }

    private mutating func receive(_ connection: LoadConnection) throws {
        if holdsBack, connection.conversation.phase == .listening { return try receiveHoldingBack(connection) }
        switch try connection.receive(into: scratch) {
        case .bytes(let count):
            if connection.conversation.phase == .awaitingEnd { return }
            let serial = connection.serial
            var arrived = UnsafeRawBufferPointer(rebasing: scratch[..<count])
            // The place may have another conversation by then, whose bytes these are not.
            while connection.serial == serial, let frame = try connection.decoder.nextFrame(from: &arrived) {
                take(frame, connection)
            }
            if connection.serial == serial, !arrived.isEmpty { connection.decoder.append(arrived) }
        case .endOfStream: endOfStream(connection)
        case .wouldBlock: break
        }
    }

    private mutating func endOfStream(_ connection: LoadConnection) {
        act(on: connection, connection.conversation.endOfStream(atBoundary: connection.decoder.isAtBoundary))
    }

    /// Whether the answer is the last one of a conversation that leaves something unread.
    private var holdsBack: Bool {
        configuration.close == .unread && (configuration.mode == .churn || schedule.phase == .finishing)
    }

    /// The answer is looked at with MSG_PEEK, and all of it taken but its last byte.
    private mutating func receiveHoldingBack(_ connection: LoadConnection) throws {
        let serial = connection.serial
        while connection.serial == serial, connection.conversation.phase == .listening {
            let wanted = min(scratch.count, connection.decoder.missing)
            let room = UnsafeMutableRawBufferPointer(rebasing: scratch[..<wanted])
            switch try connection.receive(into: room, peek: true) {
            case .bytes(let count):
                connection.decoder.append(UnsafeRawBufferPointer(rebasing: room[..<count]))
                var nothing = UnsafeRawBufferPointer(start: nil, count: 0)
                let frame = try connection.decoder.nextFrame(from: &nothing)
                let taken = frame?.kind == .answer ? count - 1 : count
                _ = try connection.receive(into: UnsafeMutableRawBufferPointer(rebasing: room[..<taken]))
                if let frame { take(frame, connection) }
            case .endOfStream: return endOfStream(connection)
            case .wouldBlock: return
            }
        }
    }

    private mutating func take(_ frame: WholeFrame, _ connection: LoadConnection) {
        switch frame.kind {
        case .answer:
            if !frames.isEcho(frame) { statistics.unlikeQuestion += 1 }
            let action = connection.conversation.answered(goesOn: schedule.phase == .running)
            if configuration.mode == .persistent { completed(connection) }
            act(on: connection, action)
        case .padding: break
        case .error:
            if case .error(let code, _) = frame.message {
                act(on: connection, connection.conversation.fail(.refused(code)))
            }
        case .challenge: act(on: connection, connection.conversation.fail(.challenged))
        case .question, .exit, .proof: preconditionFailure("the decoder refuses what only clients send")
        }
    }

    // MARK: act

    private mutating func act(on connection: LoadConnection, _ action: LoadConversation.Action) {
        do {
            switch action {
            case .nothing:
                if connection.conversation.phase == .opened { try connection.watch(for: .readable, poller) }
            case .ask: try ask(connection)
            case .leave: try leave(connection)
            case .pause:
                // Whatever comes meanwhile would be reported again and again.
                try connection.unwatch(poller)
                connection.setTimer(at: now + configuration.closeTimes.delay, &poller)
            case .awaitEnd: try awaitEnd(connection)
            case .shutdownAndAwaitEnd:
                try connection.shutdownSending()
                try awaitEnd(connection)
            case .close: close(connection)
            case .fail(let failure): giveUp(connection, failure)
            }
        } catch {
            act(on: connection, connection.conversation.fail(LoadFailure(error)))
        }
    }

    /// Sends what is left of the question.
    private mutating func ask(_ connection: LoadConnection) throws {
        if try connection.send(frames.question, poller) {
            connection.conversation.questionSent()
            try connection.watch(for: .readable, poller)
        }
    }

    /// Sends what is left of the exit.
    private mutating func leave(_ connection: LoadConnection) throws {
        if try connection.send(frames.exit, more: connection.conversation.exitWaitsForFIN, poller) {
            act(on: connection, connection.conversation.exitSent())
        }
    }

    private mutating func awaitEnd(_ connection: LoadConnection) throws {
        try connection.watch(for: .readable, poller)
        connection.setTimer(at: now + configuration.closeTimes.timeout, &poller)
    }

    /// Counts an operation, and begins to time the next one. What ends after the run is not counted.
    private mutating func completed(_ connection: LoadConnection) {
        let end = Moment.now
        if schedule.phase == .running { statistics.completed(nanoseconds: end.nanoseconds(since: connection.started)) }
        connection.started = end
    }

    mutating func timerFired(_ number: Int) {
        let connection = connections[number]
        guard connection.timerFired(&poller, now: now) else { return }
        if connection.isOpen {
            act(on: connection, connection.conversation.timeIsUp())
        } else if schedule.phase == .running {
            connect(connection)
        } else {
            retire(connection)
        }
    }

    // MARK: close

    /// The end of a conversation that went as it should. What a strategy waits for, it has waited for already.
    private mutating func close(_ connection: LoadConnection) {
        // An abandoned socket stays open, and its server's FIN would be reported for ever.
        if configuration.close == .abandon { try? connection.unwatch(poller) }
        guard let socket = connection.takeSocket() else { return }
        do {
            let closing = try socket.close(callAtEnd, times: configuration.closeTimes)
            if let error = closing.closeError { throw error }
            if configuration.mode == .churn { completed(connection) }
        } catch {
            statistics.failed(LoadFailure(error))
        }
        // The next conversation takes the place of the one that is over.
        if configuration.mode == .churn, schedule.phase == .running { connect(connection) } else { retire(connection) }
    }

    /// The strategy, as far as it is still to be done.
    private var callAtEnd: CloseStrategy {
        switch configuration.close {
        case .delay, .passive, .halfClose: .active
        case let strategy: strategy
        }
    }

    private mutating func giveUp(_ connection: LoadConnection, _ failure: LoadFailure) {
        statistics.failed(failure)
        if case .call(let error) = failure { explain(error, failure, connection) }
        if let socket = connection.takeSocket() { try? socket.close() }
        if configuration.mode == .churn, schedule.phase == .running {
            connection.setTimer(at: now + configuration.pauseAfterFailure, &poller)
        } else {
            retire(connection)
        }
        openingEnded(connection)
    }

    /// Asks why a call failed, while its socket is there.
    private mutating func explain(_ error: SocketError, _ failure: LoadFailure, _ connection: LoadConnection) {
        let diagnosis = statistics.diagnosis(of: error) {
            AddressDiagnosis(
                error, of: AddressRequest(local: nil, remote: configuration.server),
                icmp: connection.icmpError(behind: error))
        }
        guard let resource = failure.resource(diagnosis) else { return }
        statistics.ranOut(of: resource, after: schedule.sinceBegin(now: .now), error, diagnosis)
        // Abandoned sockets are not given back before the process ends.
        if resource == .descriptors, configuration.close == .abandon, schedule.phase == .running {
            schedule.cutShort(now: now)
        }
    }

    /// A place that will have no connection any more.
    private mutating func retire(_ connection: LoadConnection) {
        guard !connection.isRetired else { return }
        connection.isRetired = true
        liveCount -= 1
    }
}
