import TCPSockets

/// What conversations want done, carried out.
extension LoadLoop {
    mutating func act(on connection: LoadConnection, _ action: Conversation.Action) {
        do {
            switch action {
            case .nothing:
                if connection.conversation.phase == .opened { try watch(connection, for: .readable) }
            case .ask: try ask(connection)
            case .leave: try leave(connection)
            case .pause:
                // Whatever comes meanwhile would be reported again and again.
                if let descriptor = connection.socket?.descriptor, connection.watched != nil {
                    try poller.remove(descriptor)
                }
                connection.watched = nil
                setTimer(connection, after: configuration.closeTimes.delay)
            case .awaitEnd: try awaitEnd(connection)
            case .shutdownAndAwaitEnd:
                try connection.socket?.shutdownSending()
                try awaitEnd(connection)
            case .close: close(connection)
            case .fail(let failure): giveUp(connection, failure)
            }
        } catch {
            act(on: connection, connection.conversation.fail(Failure(error)))
        }
    }

    /// Sends what is left of the question.
    mutating func ask(_ connection: LoadConnection) throws {
        if try sends(question, connection) {
            connection.conversation.questionSent()
            try watch(connection, for: .readable)
        }
    }

    /// Sends what is left of the exit.
    mutating func leave(_ connection: LoadConnection) throws {
        if try sends(exit, more: connection.conversation.exitWaitsForFIN, connection) {
            act(on: connection, connection.conversation.exitSent())
        }
    }

    /// - Returns: Whether the socket has taken everything by now.
    private mutating func sends(
        _ bytes: UnsafeRawBufferPointer, more: Bool = false, _ connection: LoadConnection
    ) throws -> Bool {
        if connection.sent < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[connection.sent...])
            connection.sent += try connection.socket?.send(rest, more: more) ?? 0
        }
        guard connection.sent == bytes.count else {
            try watch(connection, for: .writable)
            return false
        }
        connection.sent = 0
        return true
    }

    private mutating func awaitEnd(_ connection: LoadConnection) throws {
        try watch(connection, for: .readable)
        setTimer(connection, after: configuration.closeTimes.timeout)
    }

    func watch(_ connection: LoadConnection, for interest: Poller.Interest) throws(SocketError) {
        guard connection.watched != interest, let descriptor = connection.socket?.descriptor else { return }
        if connection.watched == nil {
            try poller.add(descriptor, for: interest, token: Poller.Token(connection.number))
        } else {
            try poller.change(descriptor, for: interest, token: Poller.Token(connection.number))
        }
        connection.watched = interest
    }

    /// Counts an operation, and begins to time the next one. What ends after the run is not counted.
    mutating func completed(_ connection: LoadConnection) {
        let end = Moment.now
        if phase == .running { statistics.completed(nanoseconds: end.nanoseconds(since: connection.started)) }
        connection.started = end
    }

    /// The end of a conversation that went as it should. What a strategy waits for, it has waited for already.
    private mutating func close(_ connection: LoadConnection) {
        guard let socket = connection.socket.take() else { return }
        // An abandoned socket stays open, and its server's FIN would be reported for ever.
        if configuration.close == .abandon, connection.watched != nil { try? poller.remove(socket.descriptor) }
        do {
            let closing = try socket.close(callAtEnd, times: configuration.closeTimes)
            if let error = closing.closeError { throw error }
            if configuration.mode == .churn { completed(connection) }
        } catch {
            statistics.failed(Failure(error))
        }
        proceed(connection)
    }

    /// The strategy, as far as it is still to be done.
    private var callAtEnd: CloseStrategy {
        switch configuration.close {
        case .delay, .passive, .halfClose: .active
        case let strategy: strategy
        }
    }

    /// Goes on with the next conversation in the place of one that is over.
    private mutating func proceed(_ connection: LoadConnection) {
        if configuration.mode == .churn, phase == .running { connect(connection) } else { retire(connection) }
    }

    private mutating func giveUp(_ connection: LoadConnection, _ failure: Failure) {
        let wasOpening = connection.isOpening
        connection.isOpening = false
        statistics.failed(failure)
        if case .call(let error) = failure {
            let diagnosis = diagnosis(of: error, connection)
            if let resource = failure.resource(diagnosis) { ranOut(of: resource, error, diagnosis) }
        }
        if let socket = connection.socket.take() { try? socket.close() }
        if configuration.mode == .churn, phase == .running {
            setTimer(connection, after: configuration.pauseAfterFailure)
        } else {
            retire(connection)
        }
        if wasOpening { openingEnded() }
    }

    /// Why connect() failed, asked while its socket is there.
    private mutating func diagnosis(of error: SocketError, _ connection: LoadConnection) -> AddressDiagnosis? {
        guard error.call == .connect else { return nil }
        if let known = statistics.diagnoses[error.errno] { return known }
        let diagnosis = AddressDiagnosis(
            error, of: AddressRequest(local: nil, remote: configuration.server),
            icmp: connection.socket?.icmpError(behind: error))
        statistics.diagnoses[error.errno] = diagnosis
        return diagnosis
    }

    private mutating func ranOut(
        of resource: Exhaustion.Resource, _ error: SocketError, _ diagnosis: AddressDiagnosis?
    ) {
        if statistics.exhaustion == nil {
            statistics.exhaustion = Exhaustion(
                resource, after: .now - began, operations: statistics.operations, error: error,
                diagnosis: diagnosis)
        }
        // Abandoned sockets are not given back before the process ends.
        if resource == .descriptors, configuration.close == .abandon, phase == .running { deadline = now }
    }

    private mutating func setTimer(_ connection: LoadConnection, after time: Duration) {
        let deadline = now + time
        connection.deadline = deadline
        guard !connection.hasTimer else { return }
        connection.hasTimer = true
        poller.schedule(Poller.Token(connection.number), at: deadline)
    }

    mutating func timerFired(_ connection: LoadConnection) {
        connection.hasTimer = false
        guard let deadline = connection.deadline else { return }
        if deadline > now {
            connection.hasTimer = true
            poller.schedule(Poller.Token(connection.number), at: deadline)
            return
        }
        connection.deadline = nil
        if connection.socket != nil {
            act(on: connection, connection.conversation.timeIsUp())
        } else if phase == .running {
            connect(connection)
        } else {
            retire(connection)
        }
    }
}
