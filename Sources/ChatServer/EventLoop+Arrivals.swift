import ChatProtocol
import Logging
import TCPSockets

/// Connections that come: accepted, let in or turned away, and watched.
extension EventLoop {
    mutating func watchListener() throws {
        guard let descriptor = listener?.descriptor else { return }
        try poller.add(descriptor, for: [.readable, .exclusive], token: Special.listener)
    }

    /// Accepts as many as are likely to wait: twice as many as last time, if so many came.
    mutating func acceptWaiting() {
        var count = 0
        while count < acceptBurst {
            var client: Endpoint?
            do {
                guard let socket = try listener?.accept(peer: &client) else { break }
                guard let client else {
                    try? socket.close()
                    continue
                }
                admit(socket, client)
                count += 1
            } catch {
                acceptFailed(error)
                break
            }
        }
        acceptBurst = count == acceptBurst ? min(acceptBurst * 2, 64) : max(1, count)
    }

    private mutating func admit(_ socket: consuming TCPSocket, _ client: Endpoint) {
        if share.logsConnections {
            share.logger.debug("connected", metadata: ["client": "\(client.unmapped)"])
        }
        let refusal = share.turnsAway(client)
        if let refusal, !share.keepsOneMoreRefused() {
            sendAway(socket, client, refusal)
        } else {
            keep(socket, client, refusal)
        }
    }

    private mutating func keep(_ socket: consuming TCPSocket, _ client: Endpoint, _ refusal: Refusal?) {
        let index = Int(socket.descriptor)
        // From 1 on, so that no connection has one of the special tokens; and below the bits of `Special`.
        generation = generation % 0x1FFF_FFFF + 1
        let token = UInt64(generation) << 32 | UInt64(index)
        let connection = Connection(
            socket: consume socket, token: token, client: client.unmapped,
            conversation: Conversation(closeOrder: share.configuration.closeOrder),
            decoder: FrameDecoder(from: .client, limit: share.configuration.maximumFrame), now: now)
        while connections.count <= index { connections.append(nil) }
        connections[index] = connection
        connectionCount += 1
        armSweep()
        connection.isServed = refusal == nil
        if let refusal {
            act(on: connection, connection.conversation.refuse(refusal.code, refusal.reason))
        } else {
            // The question has usually come with the handshake's last segment.
            advance(connection)
        }
        // Only a connection that lives on is worth an epoll_ctl().
        guard let descriptor = connection.socket?.descriptor, connection.conversation.phase != .leaked else { return }
        watch(connection, descriptor)
    }

    private mutating func watch(_ connection: Connection, _ descriptor: CInt) {
        do {
            let interest: Poller.Interest = connection.awaitsRoom ? Self.interestWithRoom : Self.interest
            try poller.add(descriptor, for: interest, token: connection.token)
        } catch {
            share.logger.error("\(error)", metadata: ["client": "\(connection.client)"])
            act(on: connection, connection.conversation.abort())
        }
    }

    static var interest: Poller.Interest { [.readable, .peerClosed, .edgeTriggered] }
    static var interestWithRoom: Poller.Interest { [.readable, .writable, .peerClosed, .edgeTriggered] }

    private mutating func acceptFailed(_ error: SocketError) {
        switch error.errno {
        case .connectionAborted: return
        case .tooManyOpenFiles, .tooManyOpenFilesInSystem:
            share.logger.error("descriptor table full", metadata: ["call": "\(error)"])
            spare.lend { refuseOne() }
        default: share.logger.error("\(error)")
        }
        // Whatever the reason, it will not be gone at once; the queue of the kernel keeps who waits.
        if let descriptor = listener?.descriptor { try? poller.remove(descriptor) }
        poller.schedule(Special.acceptAgain, at: now + .milliseconds(100))
    }

    mutating func acceptAgain() {
        do {
            try watchListener()
        } catch {
            share.logger.error("\(error)")
            poller.schedule(Special.acceptAgain, at: now + .milliseconds(100))
        }
    }

    /// Tells one waiting client that there is no room.
    private func refuseOne() {
        var client: Endpoint?
        guard let socket = try? listener?.accept(peer: &client) else { return }
        sendAway(socket, client, .noDescriptor)
    }

    /// Tells a client why it is not let in, and closes at once: there are enough already for whom that takes a second.
    private func sendAway(_ socket: consuming TCPSocket, _ client: Endpoint?, _ refusal: Refusal) {
        let frame = Frame.bytes(of: .error(refusal.code, refusal.reason))
        _ = try? socket.send(frame[...])
        try? socket.shutdownSending()
        // What has come already must not turn the close into a RST, which would destroy the frame.
        _ = try? socket.receive(into: scratch)
        try? socket.close()
        if let client { tellEnd(of: client.unmapped, .server(refusal.code)) }
    }
}
