internal import ChatProtocol
internal import Logging
internal import TCPSockets

/// What goes out, and how connections end.
extension EventLoop {
    /// Sends what the connection has to say, and keeps what the socket does not take.
    mutating func flush(_ connection: Connection) {
        guard !outgoing.isEmpty || !connection.unsent.isEmpty else { return sentEverything(connection) }
        defer { outgoing.removeAll() }
        guard connection.socket != nil else { return }
        do throws(SocketError) {
            if connection.unsent.isEmpty {
                let sent = try connection.socket?.send(outgoing.bytes) ?? 0
                if sent > 0 { connection.lastActivity = now }
                if sent < outgoing.count { connection.unsent = Array(outgoing.bytes[sent...]) }
            } else {
                connection.unsent += outgoing.bytes
                let sent = try connection.socket?.send(connection.unsent[...]) ?? 0
                if sent > 0 { connection.lastActivity = now }
                connection.unsent = Array(connection.unsent[sent...])
            }
        } catch {
            if let departure = connection.departure {
                close(connection, departure)
            } else {
                act(on: connection, connection.conversation.lost(timedOut: error.errno == .timedOut))
            }
            return
        }
        if connection.unsent.isEmpty { sentEverything(connection) } else { awaitRoom(connection) }
    }

    mutating func sentEverything(_ connection: Connection) {
        if let departure = connection.departure {
            close(connection, departure)
        } else if connection.shutsDownSending {
            connection.shutsDownSending = false
            try? connection.socket?.shutdownSending()
        }
    }

    mutating func awaitRoom(_ connection: Connection) {
        guard !connection.awaitsRoom, let descriptor = connection.socket?.descriptor else { return }
        connection.awaitsRoom = true
        // Before its registration, `watch` will ask for it.
        try? poller.change(descriptor, for: Self.interestWithRoom, token: connection.token)
    }

    mutating func withdraw(_ connection: Connection) {
        if connection.question != nil {
            connection.question = nil
            share.desk?.withdraw(.init(loop: number, connection: connection.token))
        }
        connection.coProcess.take()?.end()
    }

    /// The time for draining is over: who still waits for an answer is told, if the socket takes it at once.
    mutating func giveUp(_ connection: Connection) {
        if connection.conversation.phase == .answering {
            outgoing.append(.error(.shuttingDown, "the answer did not come in time"))
            flush(connection)
        }
        act(on: connection, connection.conversation.abort())
    }

    mutating func close(_ connection: Connection, _ departure: Departure) {
        guard let socket = connection.socket.take() else { return }
        connections[Int(socket.descriptor)] = nil
        connectionCount -= 1
        withdraw(connection)
        if connection.isServed { share.left() }
        if let seconds = share.configuration.lingerSeconds { try? socket.setLinger(seconds: seconds) }
        do {
            try socket.close()
        } catch {
            share.logger.debug("\(error)")
        }
        if share.logsConversations {
            share.logger.info(
                "conversation over", metadata: ["client": "\(connection.client)", "ending": "\(departure)"])
        }
    }
}
