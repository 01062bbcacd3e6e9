import ChatProtocol
import TCPSockets

/// What the server does where it has waited long enough: for a client, for an answer, and at its own end.
extension Conversations {
    /// Looks for connections that have waited for too long.
    mutating func sweep() {
        for connection in connections.beginSweep() where connections.isOverdue(connection) {
            // The server itself may have been held up, by a debugger or a slow disk. Then the client is not silent: what it
            // has said is only not read.
            catchUp(connection)
            if connection.isOpen, connections.isOverdue(connection) { timeOut(connection) }
        }
        connections.endSweep()
    }

    private mutating func catchUp(_ connection: ClientConnection) {
        switch connection.conversation.phase {
        case .answering: coProcessReady(connection)
        case .leaked: break
        default:
            connection.expectInput()
            advance(connection)
        }
    }

    private mutating func timeOut(_ connection: ClientConnection) {
        if connection.withheld != nil {
            failToRecord(connection)
        } else if let reason = connection.closeReason {
            // Why it was to be closed is no matter any more: the client does not take its answers.
            close(connection, connection.unsent.isEmpty ? reason : .server(.idleTooLong))
        } else if case .refused(let code) = connection.conversation.phase, !connection.unsent.isEmpty {
            close(connection, .server(code))
        } else {
            act(on: connection, connection.conversation.idle())
        }
    }

    /// An answer is not ready, and the connection's end may be there: a RST, or a FIN, after which the client may still
    /// wait for its answer, or have gone.
    mutating func lookForEnd(_ connection: ClientConnection) {
        if let error = try? connection.socket?.pendingError() {
            if let reason = connection.closeReason { return close(connection, reason) }
            return act(on: connection, connection.conversation.lost(timedOut: error == .timedOut))
        }
        connections.probeLater(connection)
    }

    /// The server is to end: answers in hand are waited for, and nothing else.
    mutating func drain() {
        for connection in connections.all { act(on: connection, connection.conversation.drain()) }
    }

    /// The time for draining is over: who still waits for an answer is told, if the socket takes it at once.
    mutating func endDraining() {
        connections.endPatience()
        for connection in connections.all {
            if connection.waitsForAnswer {
                let isWithheld = connections.dropWithheld(connection)
                let reason = isWithheld ? "the answer could not be recorded in time" : "the answer did not come in time"
                sayLast(.shuttingDown, reason, to: connection)
            }
            act(on: connection, connection.conversation.abort())
        }
    }

    /// Closes all, after a failure.
    mutating func abort() {
        for connection in connections.all { act(on: connection, connection.conversation.abort()) }
    }
}
