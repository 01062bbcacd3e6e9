import ChatProtocol
import TCPSockets

/// Connections that say nothing, and clients that may have gone without a word.
extension EventLoop {
    mutating func armSweep() {
        guard !isSweeping, let shortest = share.configuration.shortestTimeout else { return }
        isSweeping = true
        poller.schedule(Special.sweep, at: now + min(.seconds(1), max(.milliseconds(20), shortest * 4 / 5)))
    }

    /// Looks for connections that have been silent for too long: one pass now and then, instead of a timer
    /// that is moved with every message.
    mutating func sweep() {
        isSweeping = false
        // Answers that have come already count.
        for request in mailbox.takeAll() { fulfil(request) }
        for case let connection? in connections where isOverdue(connection) {
            // The server itself may have been held up, by a debugger or a slow disk. Then the client is not silent: what it
            // has said is only not read.
            catchUp(connection)
            if connection.socket != nil, isOverdue(connection) { giveUpSilent(connection) }
        }
        if connectionCount > 0 { armSweep() }
    }

    private func isOverdue(_ connection: Connection) -> Bool {
        if connection.conversation.phase == .answering {
            guard let patience = share.configuration.patienceWithAnswerer else { return false }
            return now - connection.askedAt >= patience
        }
        if connection.withheld != nil, let patience = share.configuration.answerTimeout {
            return now - connection.lastActivity >= patience
        }
        guard let idle = share.configuration.idleTimeout else { return false }
        return now - connection.lastActivity >= idle
    }

    private mutating func catchUp(_ connection: Connection) {
        if connection.conversation.phase == .answering { return coProcessReady(connection) }
        guard connection.conversation.phase != .leaked else { return }
        connection.mayHaveInput = true
        advance(connection)
    }

    private mutating func giveUpSilent(_ connection: Connection) {
        if connection.withheld != nil {
            failToRecord(connection)
        } else if let departure = connection.departure {
            // Whose departure it was to be is no matter any more: the client does not take its answers.
            close(connection, connection.unsent.isEmpty ? departure : .server(.idleTooLong))
        } else if case .refused(let code) = connection.conversation.phase, !connection.unsent.isEmpty {
            close(connection, .server(code))
        } else {
            act(on: connection, connection.conversation.idle())
        }
    }

    /// Whether the client waits for an answer, of the answerer or of the transcript, and nothing is read.
    func waitsForAnswer(_ connection: Connection) -> Bool {
        connection.conversation.phase == .answering || connection.withheld != nil
    }

    /// An answer is not ready, and the connection's end may be there: a RST, or a FIN, after which the client may still
    /// wait for its answer, or have gone.
    mutating func lookForEnd(_ connection: Connection) {
        if let error = try? connection.socket?.pendingError() {
            if let departure = connection.departure { return close(connection, departure) }
            return act(on: connection, connection.conversation.lost(timedOut: error == .timedOut))
        }
        guard !connection.isProbed, connection.socket != nil else { return }
        connection.isProbed = true
        poller.schedule(connection.token | Special.probe, at: now + .seconds(1))
    }

    /// Only its TCP can tell whether a client that has sent FIN is still there: one that is gone answers with RST whatever
    /// is sent to it (RFC 9293 section 3.10.7.1). So it gets padding, which a client skips.
    mutating func probe(_ connection: Connection) {
        connection.isProbed = false
        guard waitsForAnswer(connection) else { return }
        if connection.unsent.isEmpty {
            // Not behind answers that are withheld.
            let padding = Frame.bytes(of: .padding(0))
            let sent = (try? connection.socket?.send(padding[...])) ?? 0
            if sent < padding.count, sent > 0 { connection.unsent = Array(padding[sent...]) }
            if !connection.unsent.isEmpty { awaitRoom(connection) }
        }
        guard connection.socket != nil, !connection.isProbed else { return }
        connection.isProbed = true
        poller.schedule(connection.token | Special.probe, at: now + .seconds(5))
    }
}
