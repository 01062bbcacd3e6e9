import Glibc
import Recordings
import TCPSockets

/// The reader's side.
extension Bulk {
    func receive(
        at endpoint: Endpoint, _ sender: Host, _ events: Events, isListening: () -> Void
    ) throws -> Received {
        let listener = try TCPSocket(endpoint.address.family)
        let result = Result {
            try listener.bind(to: endpoint)
            try listener.listen()
            isListening()
            try waitFor(.input(listener.descriptor), "the sender's SYN", events)
            var peer: Endpoint?
            guard let socket = try listener.accept(peer: &peer) else { throw LaboratoryError("no connection came") }
            let result = Result {
                _ = try socket.send([0x21])
                var refusal: Errno?
                switch reader {
                case .fast: break
                case .slow: try waitFor(.input(events.senderHasClosed.descriptor), "the sender's close()", events)
                case .talking:
                    try waitFor(.input(events.senderCloses.descriptor), "the sender to close", events)
                    if strategy != .passive {
                        try awaitClose(on: sender, of: peer, to: endpoint)
                    }
                    do {
                        _ = try socket.send([0x21])
                    } catch let error as SocketError {
                        // A RST was here before, and is told once (net/ipv4/tcp.c, tcp_sendmsg_locked).
                        refusal = error.errno
                    }
                }
                let received = try read(socket, events)
                return refusal.map { Received(bytes: received.bytes, end: .failed($0)) } ?? received
            }
            try? socket.close()
            return try result.get()
        }
        try? listener.close()
        return try result.get()
    }

    /// Waits until a connection's own host no longer has it in ESTABLISHED. close() may wait longer, and of its call there is no
    /// event: the FIN stands behind the data.
    private func awaitClose(on host: Host, of local: Endpoint?, to remote: Endpoint) throws {
        guard let local else { throw LaboratoryError("accept() returned no peer address") }
        let deadline = ContinuousClock.now + patience
        while try host.sockets.find(local: local, remote: remote)?.state == .established {
            guard ContinuousClock.now < deadline else {
                throw LaboratoryError("gave up waiting for the sender's close()")
            }
            usleep(1000)
        }
    }

    private func read(_ socket: borrowing TCPSocket, _ events: Events) throws -> Received {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var bytes = 0
        while strategy != .passive || bytes < events.accepted.state {
            do {
                switch try socket.receive(into: &buffer) {
                case .bytes(let count): bytes += count
                case .endOfStream: return Received(bytes: bytes, end: .endOfStream)
                case .wouldBlock:
                    try waitFor(.input(socket.descriptor), "more than \(bytes) bytes", events)
                }
            } catch let error as SocketError {
                return Received(bytes: bytes, end: .failed(error.errno))
            }
        }
        return Received(bytes: bytes, end: .closedFirst)
    }
}
