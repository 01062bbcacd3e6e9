import ChatProtocol
import Glibc
import TCPSockets

/// Connections that talk.
extension LoadLoop {
    /// Begins a conversation.
    mutating func connect(_ connection: LoadConnection) {
        connection.renew(
            Conversation(mode: configuration.mode, strategy: configuration.close), limit: frameLimit, now: .now)
        do {
            connection.socket = try TCPSocket(configuration.server.address.family)
            let progress = try connection.socket?.connect(to: configuration.server)
            if try progress == .connected || sendsAtOnce(connection) {
                connected(connection)
            } else {
                try watch(connection, for: .writable)
            }
        } catch {
            act(on: connection, connection.conversation.fail(Failure(error)))
        }
    }

    /// On this machine the handshake is over when connect() returns, although it says EINPROGRESS; then the question can
    /// go out without asking the poller first. Elsewhere the socket takes nothing yet.
    private func sendsAtOnce(_ connection: LoadConnection) throws(SocketError) -> Bool {
        guard configuration.mode == .churn else { return false }
        do throws(SocketError) {
            connection.sent = try connection.socket?.send(question) ?? 0
        } catch {
            // The first call after a handshake that failed is told why.
            throw SocketError(.connect, error.errno, endpoint: configuration.server)
        }
        return connection.sent > 0
    }

    private mutating func connected(_ connection: LoadConnection) {
        if connection.isOpening {
            connection.isOpening = false
            openingEnded()
        }
        act(on: connection, connection.conversation.connected())
    }

    /// Something has happened on a socket.
    mutating func advance(_ connection: LoadConnection) {
        do {
            switch connection.conversation.phase {
            case .listening, .opened, .awaitingEnd: try receive(connection)
            case .asking: try ask(connection)
            case .leaving: try leave(connection)
            case .connecting:
                if let errno = try connection.socket?.pendingError() {
                    throw SocketError(.connect, errno, endpoint: configuration.server)
                }
                connected(connection)
            case .pausing, .over: break
            }
        } catch {
            act(on: connection, connection.conversation.fail(Failure(error)))
        }
    }

    private mutating func receive(_ connection: LoadConnection) throws {
        if holdsBack, connection.conversation.phase == .listening { return try receiveHoldingBack(connection) }
        switch try connection.socket?.receive(into: scratch) {
        case .bytes(let count):
            if connection.conversation.phase == .awaitingEnd { return }
            let serial = connection.serial
            var arrived = UnsafeRawBufferPointer(rebasing: scratch[..<count])
            // The place may have another conversation by then, whose bytes these are not.
            while connection.serial == serial, let frame = try connection.decoder.nextFrame(from: &arrived) {
                take(frame, connection)
            }
            if connection.serial == serial, !arrived.isEmpty { connection.decoder.append(arrived) }
        case .endOfStream:
            act(on: connection, connection.conversation.endOfStream(atBoundary: connection.decoder.isAtBoundary))
        case .wouldBlock, nil: break
        }
    }

    /// Whether the answer is the last one of a conversation that leaves something unread.
    private var holdsBack: Bool {
        configuration.close == .unread && (configuration.mode == .churn || phase == .finishing)
    }

    /// The answer is looked at with MSG_PEEK, and all of it taken but its last byte.
    private mutating func receiveHoldingBack(_ connection: LoadConnection) throws {
        let serial = connection.serial
        while connection.serial == serial, connection.conversation.phase == .listening {
            let wanted = min(scratch.count, connection.decoder.missing)
            let room = UnsafeMutableRawBufferPointer(rebasing: scratch[..<wanted])
            switch try connection.socket?.receive(into: room, peek: true) {
            case .bytes(let count):
                connection.decoder.append(UnsafeRawBufferPointer(rebasing: room[..<count]))
                var nothing = UnsafeRawBufferPointer(start: nil, count: 0)
                let frame = try connection.decoder.nextFrame(from: &nothing)
                let taken = frame?.kind == .answer ? count - 1 : count
                _ = try connection.socket?.receive(into: UnsafeMutableRawBufferPointer(rebasing: room[..<taken]))
                if let frame { take(frame, connection) }
            case .endOfStream:
                return act(
                    on: connection, connection.conversation.endOfStream(atBoundary: connection.decoder.isAtBoundary))
            case .wouldBlock, nil: return
            }
        }
    }

    private mutating func take(_ frame: WholeFrame, _ connection: LoadConnection) {
        switch frame.kind {
        case .answer:
            if !isEcho(frame) { statistics.unlikeQuestion += 1 }
            let action = connection.conversation.answered(goesOn: phase == .running)
            if configuration.mode == .persistent { completed(connection) }
            act(on: connection, action)
        case .padding: break
        case .error:
            if case .error(let code, _) = frame.message {
                act(on: connection, connection.conversation.fail(.refused(code)))
            }
        case .question, .exit: preconditionFailure("the decoder refuses what only clients send")
        }
    }

    private func isEcho(_ frame: WholeFrame) -> Bool {
        let text = UnsafeRawBufferPointer(rebasing: question[(Frame.headerSize + 1)...])
        return frame.withBody { body in
            guard body.count == text.count else { return false }
            guard let answered = body.baseAddress, let asked = text.baseAddress else { return true }
            return memcmp(answered, asked, body.count) == 0
        }
    }
}
