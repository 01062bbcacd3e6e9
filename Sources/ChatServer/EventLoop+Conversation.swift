import ChatProtocol
import Logging
import TCPSockets

/// Connections that talk: bytes to messages, messages to actions, actions carried out.
extension EventLoop {
    @inline(__always)
    mutating func ready(_ connection: Connection, _ readiness: Poller.Readiness) {
        if !readiness.isDisjoint(with: [.readable, .peerClosed, .hungUp, .failed]) {
            connection.mayHaveInput = true
        }
        if !readiness.isDisjoint(with: [.peerClosed, .hungUp, .failed]) { connection.mayHaveEnd = true }
        proceed(with: connection)
    }

    /// Goes on with a connection as far as it goes without waiting: decode, act, read, and so on; then write.
    @inline(never)
    mutating func advance(_ connection: Connection) {
        proceed(with: connection)
    }

    /// `advance`, as a part of its caller: that of every event.
    @inline(__always)
    private mutating func proceed(with connection: Connection) {
        var wasFull = false
        turnLeft = Self.workPerTurn
        repeat {
            readAndTake(connection)
            wasFull = !hasRoom(connection)
            flush(connection)
            // What was left undecoded for want of room goes on as soon as the socket has taken everything.
        } while wasFull && connection.socket != nil && hasRoom(connection) && !connection.isUnfinished
        // While the answer is not ready nothing is read, so that the end would go unnoticed. It may have been
        // announced together with the question.
        if connection.mayHaveEnd, waitsForAnswer(connection) { lookForEnd(connection) }
    }

    @inline(__always)
    private mutating func readAndTake(_ connection: Connection) {
        var arrived = UnsafeRawBufferPointer(start: nil, count: 0)
        var reads = 0
        while connection.socket != nil {
            if !arrived.isEmpty || !connection.decoder.isAtBoundary { takeMessages(connection, from: arrived) }
            guard turnLeft > 0 else { return goOnLater(connection) }
            guard connection.conversation.reads, connection.mayHaveInput, hasRoom(connection) else { return }
            if reads == Self.readsPerTurn { return goOnLater(connection) }
            reads += 1
            arrived = read(connection)
        }
    }

    /// The others have their turn first.
    private mutating func goOnLater(_ connection: Connection) {
        guard connection.socket != nil, !connection.isUnfinished else { return }
        connection.isUnfinished = true
        unfinished.append(connection)
    }

    func hasRoom(_ connection: Connection) -> Bool {
        connection.unsent.count + outgoing.count < Self.highWater && connection.departure == nil
            && connection.withheld == nil
    }

    /// Decodes what can be answered now, straight from the place that all reads go to, and leaves the rest with the
    /// connection.
    mutating func takeMessages(_ connection: Connection, from arrived: UnsafeRawBufferPointer) {
        var arrived = arrived
        do throws(ProtocolError) {
            while connection.conversation.takesMessages, turnLeft > 0, hasRoom(connection),
                let frame = try connection.decoder.nextFrame(from: &arrived)
            {
                connection.lastActivity = now
                let action = connection.conversation.received(frame.kind)
                if case .ask = action { ask(connection, frame) } else { act(on: connection, action) }
            }
        } catch {
            act(on: connection, connection.conversation.violated(error))
        }
        if !arrived.isEmpty, !connection.conversation.discards { connection.decoder.append(arrived) }
    }

    /// - Returns: The bytes that came, until the next read.
    mutating func read(_ connection: Connection) -> UnsafeRawBufferPointer {
        do throws(SocketError) {
            switch try connection.socket?.receive(into: scratch) {
            case .bytes(let count):
                // A read that comes up short has emptied the queue; the next byte is a new event.
                connection.mayHaveInput = count == scratch.count || connection.mayHaveEnd
                return UnsafeRawBufferPointer(rebasing: scratch[..<count])
            case .endOfStream:
                connection.mayHaveInput = false
                let atBoundary = connection.decoder.isAtBoundary
                act(on: connection, connection.conversation.endOfStream(atBoundary: atBoundary))
            case .wouldBlock, nil:
                connection.mayHaveInput = false
            }
        } catch {
            act(on: connection, connection.conversation.lost(timedOut: error.errno == .timedOut))
        }
        return UnsafeRawBufferPointer(start: nil, count: 0)
    }

    mutating func act(on connection: Connection, _ action: Conversation.Action) {
        switch action {
        case .nothing: break
        case .ask: preconditionFailure("only a frame brings a question")
        case .refuse(let code, let reason): refuse(connection, code, reason)
        case .leak:
            withdraw(connection)
            if let descriptor = connection.socket?.descriptor { try? poller.remove(descriptor) }
            Trace.note("conversation-leaked", ["address": .text("\(connection.client)")])
            share.logger.info("leaked", metadata: ["client": "\(connection.client)"])
        case .close(let departure):
            if connection.unsent.isEmpty, outgoing.isEmpty, connection.withheld == nil {
                close(connection, departure)
            } else {
                connection.departure = departure
            }
        case .drop(let departure): close(connection, departure)
        }
    }

    mutating func ask(_ connection: Connection, _ question: WholeFrame) {
        if share.echoesBytes {
            turnLeft -= 1
            question.withBody { outgoing.append(answer: $0) }
            answered(connection)
        } else {
            ask(connection, question.text)
        }
    }

    private mutating func ask(_ connection: Connection, _ question: String) {
        turnLeft -= Self.workOfText + question.utf8.count / 256
        connection.askedAt = now
        switch share.configuration.answering {
        case .echo: queueAnswer(connection, question, to: question)
        case .operatorAtKeyboard:
            connection.question = question
            let asker = QuestionQueue.Address(loop: number, connection: connection.token)
            let entry = QuestionQueue.Entry(asker: asker, client: connection.client, question: question)
            if let reason = share.desk?.arrive(entry) {
                act(on: connection, connection.conversation.answererFailed(reason))
            }
        case .coProcess:
            connection.question = question
            askCoProcess(connection, question)
        }
    }

    /// Sends the answer of an answerer that took its time, and goes on with the connection.
    mutating func answer(_ connection: Connection, _ text: String) {
        guard connection.conversation.phase == .answering else { return }
        connection.lastActivity = now
        queueAnswer(connection, text, to: connection.question.take() ?? "")
        advance(connection)
    }

    mutating func queueAnswer(_ connection: Connection, _ text: String, to question: String) {
        guard Frame.length(ofText: text) <= share.configuration.maximumFrame else {
            act(on: connection, connection.conversation.answererFailed("the answer is too long for a frame"))
            return
        }
        if share.transcript != nil {
            do {
                try entries.add(client: connection.client, question: question, answer: text)
            } catch {
                share.logger.error("\(error)")
                act(on: connection, connection.conversation.answererFailed(Self.notRecorded))
                return
            }
        }
        outgoing.append(.answer(text))
        answered(connection)
    }

    private mutating func answered(_ connection: Connection) {
        if share.configuration.padding > 0 {
            turnLeft -= Self.workOfText + share.configuration.padding / Self.paddingPerWork
            outgoing.append(padding: share.configuration.padding)
        }
        act(on: connection, connection.conversation.answered())
    }

    mutating func refuse(_ connection: Connection, _ code: ErrorCode, _ reason: String) {
        withdraw(connection)
        outgoing.append(.error(code, reason))
        connection.shutsDownSending = true
        connection.mayHaveInput = true
        advance(connection)
    }
}
