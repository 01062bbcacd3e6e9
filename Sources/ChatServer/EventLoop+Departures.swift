import ChatProtocol
import Logging
import TCPSockets

/// What goes out, and how connections end.
extension EventLoop {
    /// Sends what the connection has to say, and keeps what the socket does not take.
    mutating func flush(_ connection: Connection) {
        // First the entries, then their answers.
        guard entries.isEmpty && connection.withheld == nil || record(connection) else { return }
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

    @inline(__always)
    mutating func sentEverything(_ connection: Connection) {
        if connection.departure != nil || connection.shutsDownSending { leave(connection) }
    }

    @inline(never)
    private mutating func leave(_ connection: Connection) {
        if let departure = connection.departure {
            close(connection, departure)
        } else if connection.shutsDownSending {
            connection.shutsDownSending = false
            try? connection.socket?.shutdownSending()
            // Only now: until everything was sent, it was not the client who kept the server waiting.
            poller.schedule(connection.token, at: now + .seconds(1))
        }
    }

    /// The client has had its second after an error frame. If it has not acknowledged everything yet, it reads slowly, and a
    /// close now would be a RST as soon as it sends again, and destroy what it has not read.
    mutating func patienceEnds(_ connection: Connection) {
        if connection.isServed, !isOutOfTime, let left = try? connection.socket?.unacknowledgedBytes() {
            if left != connection.unacknowledged { connection.lastActivity = now }
            let before = connection.unacknowledged
            connection.unacknowledged = left
            if left > 0, now - connection.lastActivity < Self.patienceWithReader {
                return poller.schedule(connection.token, at: now + .milliseconds(100))
            }
            if left == 0, before > 0 { return poller.schedule(connection.token, at: now + .seconds(1)) }
        }
        act(on: connection, connection.conversation.patienceEnded())
    }

    private static let patienceWithReader = Duration.seconds(60)

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
        if let coProcess = connection.coProcess.take() {
            coProcess.close()
            endProcess(coProcess.process)
        }
    }

    mutating func close(_ connection: Connection, _ departure: Departure) {
        if share.lingers, mayLinger(connection, departure) { return }
        guard let socket = connection.socket.take() else { return }
        connections[Int(socket.descriptor)] = nil
        connectionCount -= 1
        withdraw(connection)
        share.left(connection.client, wasServed: connection.isServed)
        // With a time it was waited for already: the call itself is not to wait.
        if let seconds = share.configuration.lingerSeconds { try? socket.setLinger(seconds: seconds == 0 ? 0 : nil) }
        do {
            try socket.close()
        } catch {
            share.logger.debug("\(error)")
        }
        let lost = connection.unsent.count + (connection.withheld?.answers.count ?? 0)
        if lost > 0, case .server = departure { logLoss(of: lost, connection) }
        tellEnd(of: connection.client, departure)
    }

    /// - Returns: Whether there were answers that could not be recorded.
    mutating func dropWithheld(_ connection: Connection) -> Bool {
        guard let withheld = connection.withheld else { return false }
        logLoss(of: withheld.answers.count, connection)
        connection.withheld = nil
        connection.departure = nil
        return true
    }

    private func logLoss(of bytes: Int, _ connection: Connection) {
        share.logger.warning(
            "\(bytes) bytes of answers were lost: they were not taken in time",
            metadata: ["client": "\(connection.client)"])
    }

    /// In the trace for programs, and in the log for people.
    func tellEnd(of client: Endpoint, _ departure: Departure) {
        Trace.note("conversation-over", departure.arguments(client))
        guard share.logsConversations else { return }
        share.logger.info("conversation over", metadata: ["client": "\(client)", "ending": "\(departure)"])
    }

    /// What SO_LINGER with a time does, without waiting in close(): the FIN goes out, and the connection is looked at until
    /// the peer has acknowledged everything, or the time is over (net/ipv4/tcp.c, __tcp_close and sk_stream_wait_close).
    ///
    /// - Returns: False when the connection is to be closed now.
    private mutating func mayLinger(_ connection: Connection, _ departure: Departure) -> Bool {
        guard !isOutOfTime, let seconds = share.configuration.lingerSeconds else { return false }
        if connection.lingersUntil == nil {
            // With bytes unread, close() resets the connection, and waits for nothing.
            guard connection.socket != nil, (try? connection.socket?.unreadBytes()) == 0 else { return false }
            guard (try? connection.socket?.setLinger(seconds: seconds)) != nil else { return false }
            guard (try? connection.socket?.shutdownSending()) != nil else { return false }
            connection.lingersUntil = now + .seconds(seconds)
        }
        guard let end = connection.lingersUntil, now < end else { return false }
        guard let left = try? connection.socket?.unacknowledgedBytes(), left > 0 else { return false }
        connection.departure = departure
        poller.schedule(connection.token, at: min(end, now + .milliseconds(10)))
        return true
    }
}
