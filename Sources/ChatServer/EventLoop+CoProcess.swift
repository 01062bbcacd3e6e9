import ChatProtocol
import Logging
import TCPSockets

/// Questions that a process answers.
extension EventLoop {
    mutating func askCoProcess(_ connection: Connection, _ question: String) {
        guard !connection.hasLostCoProcess else { return fail(connection, CoProcess.ended) }
        guard let coProcess = connection.coProcess else { return starting.append(connection) }
        switch handOver(question, connection, coProcess) {
        case .answer(let text): queueAnswer(connection, text, to: connection.question.take() ?? "")
        case let outcome: handle(outcome, connection)
        }
    }

    /// Starts one of the processes that are wanted. It takes a millisecond or two, in which the loop does nothing else; so
    /// all others have their turn before the next one, and those who have sent FIN, and may be gone, come last. Who is still
    /// there after two seconds has been probed, and waits no longer than any other.
    mutating func startOne() {
        let isLate = now - starting[0].askedAt >= .seconds(2)
        let connection = starting.remove(at: isLate ? 0 : starting.firstIndex { !$0.mayHaveEnd } ?? 0)
        guard connection.socket != nil, connection.conversation.phase == .answering else { return }
        do {
            try startCoProcess(connection)
        } catch {
            share.logger.error("co-process: \(error)", metadata: ["client": "\(connection.client)"])
            return fail(connection, "the answering process did not start")
        }
        guard let coProcess = connection.coProcess, let question = connection.question else { return }
        switch handOver(question, connection, coProcess) {
        case .answer(let text): answer(connection, text)
        case let outcome: handle(outcome, connection)
        }
    }

    private mutating func startCoProcess(_ connection: Connection) throws {
        guard let coProcesses = share.coProcesses else { return }
        let coProcess = try CoProcess(
            coProcesses, maximumAnswer: share.configuration.maximumFrame - 1, now: now)
        connection.coProcess = coProcess
        if coProcesses.takeLossOfGuardian() {
            share.logger.warning("chat-guardian was killed; a new one is in its place")
        }
        let token = connection.token | Special.coProcess
        try poller.add(coProcess.outputDescriptor, for: [.readable, .edgeTriggered], token: token)
        try poller.add(coProcess.inputDescriptor, for: [.writable, .edgeTriggered], token: token)
    }

    mutating func coProcessReady(_ connection: Connection) {
        guard let coProcess = connection.coProcess else { return }
        switch coProcess.goOn(now: now) {
        case .answer(let text): answer(connection, text)
        case let outcome: handle(outcome, connection)
        }
    }

    private mutating func handle(_ outcome: CoProcess.Outcome, _ connection: Connection) {
        let token = connection.token | Special.coProcess
        switch outcome {
        case .nothing, .answer: break
        case .again: poller.schedule(token, at: now)
        case .holds: hold(connection)
        case .ended:
            connection.hasLostCoProcess = true
            withdraw(connection)
        case .failed(let reason): fail(connection, reason)
        }
    }

    /// Nothing tells when a pipe is read from, so that it is looked at: soon at first, and then less and less often.
    private mutating func hold(_ connection: Connection) {
        if let time = connection.holdsUntil, now < time { return }
        let time = now + connection.holdInterval
        connection.holdsUntil = time
        connection.holdInterval = min(connection.holdInterval * 2, .milliseconds(100))
        poller.schedule(connection.token | Special.coProcess, at: time)
    }

    /// Hands the question over; how long the one before was held is forgotten.
    private mutating func handOver(_ question: String, _ connection: Connection, _ coProcess: CoProcess)
        -> CoProcess.Outcome
    {
        connection.holdsUntil = nil
        connection.holdInterval = CoProcess.quietTime
        return coProcess.ask(question, now: now)
    }

    private mutating func fail(_ connection: Connection, _ reason: String) {
        act(on: connection, connection.conversation.answererFailed(reason))
    }

    mutating func watchComplaints() {
        guard let descriptor = share.coProcesses?.complaints else { return }
        do {
            try poller.add(descriptor, for: .readable, token: Special.complaints)
        } catch {
            share.logger.error("\(error)")
        }
    }

    /// A process that complains without end waits between two looks, instead of keeping the loop busy.
    mutating func readComplaints() {
        guard share.complaints?.read(share.logger, at: now) == true, let descriptor = share.coProcesses?.complaints
        else {
            return
        }
        try? poller.remove(descriptor)
        poller.schedule(Special.complaints, at: now + Complaints.pause)
    }

    mutating func readComplaintsAgain() {
        guard share.complaints?.read(share.logger, at: now) == true else { return watchComplaints() }
        poller.schedule(Special.complaints, at: now + Complaints.pause)
    }
}
