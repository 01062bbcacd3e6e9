internal import Glibc
internal import Subprocess
internal import TCPSockets

internal import struct SystemPackage.FileDescriptor

/// A message of several megabytes from the client's host to the server's, over sockets that the laboratory opens itself: the
/// chat asks and answers, and never has that much under way.
struct Bulk: Sendable {
    static let size = 4 << 20

    /// How the sender closes.
    let strategy: CloseStrategy
    /// Whether the reader reads as it comes, or begins when the sender has closed.
    let readerIsFast: Bool

    /// What the sender knows.
    struct Sent: Sendable {
        /// Bytes that send() accepted.
        let accepted: Int
        /// Of these, bytes that the peer had not acknowledged when close() was called.
        let queued: Int
        let end: Endpoint
        /// How long close() took, or with `abandon` the end of the process.
        var closeDuration: Duration
        /// The socket that `abandon` left open.
        fileprivate let abandoned: CInt?
    }

    /// What the reader knows.
    struct Received: Sendable {
        let bytes: Int
        /// nil for an end of stream.
        let error: Errno?
    }

    /// Transfers the message, and closes in the middle of it where the reader is slow.
    func transfer(in world: World) async throws -> (sent: Sent, received: Received) {
        let endpoint = Endpoint(world.server.address(.v4), port: 7100)
        let isListening = Watched(false)
        let senderHasClosed = try Wakeup()
        async let received = world.server.inside {
            try receive(at: endpoint, senderHasClosed) { isListening.change { $0 = true } }
        }
        _ = try await isListening.until("the reader to listen") { $0 ? () : nil }
        var sent: Sent
        do {
            defer { senderHasClosed.ring() }
            sent = try await world.client.inside { try send(to: endpoint) }
            if let abandoned = sent.abandoned { sent.closeDuration = try await endOwner(of: abandoned) }
        }
        return (sent, try await received)
    }

    /// Leaves a socket to a process that never heard of it, and lets that process end: cat(1), whose input ends.
    private func endOwner(of socket: CInt) async throws -> Duration {
        let pipe = try FileDescriptor.pipe(options: .closeOnExec)
        let end = try await Subprocess.run(
            .name("cat"), input: .fileDescriptor(pipe.readEnd, closeAfterSpawningProcess: true),
            output: .fileDescriptor(FileDescriptor(rawValue: socket), closeAfterSpawningProcess: true),
            error: .discarded
        ) { _ in
            let start = ContinuousClock.now
            try pipe.writeEnd.close()
            return start
        }
        return .now - end.closureResult
    }

    private func send(to endpoint: Endpoint) throws -> Sent {
        let socket = try TCPSocket(endpoint.address.family)
        let accepted: Int
        let queued: Int
        let end: Endpoint
        do {
            if try socket.connect(to: endpoint) == .inProgress {
                _ = try wait(for: [.output(socket.descriptor)], until: soon)
                if let errno = try socket.pendingError() { throw LaboratoryError("connect: \(errno)") }
            }
            end = try socket.localEndpoint()
            // The reader greets with a byte, which `unread` leaves where it is and all others take.
            _ = try wait(for: [.input(socket.descriptor)], until: soon)
            var greeting: [UInt8] = [0]
            if strategy != .unread { _ = try socket.receive(into: &greeting) }
            accepted = try fill(socket)
            queued = try SocketTable.find(local: end, remote: endpoint)?.sendQueue ?? 0
        } catch {
            try? socket.close()
            throw error
        }
        let times = CloseTimes(timeout: .milliseconds(400), lingerSeconds: 1)
        let abandoned = strategy == .abandon ? socket.descriptor : nil
        let closing = try socket.close(strategy, times: times)
        return Sent(
            accepted: accepted, queued: queued, end: end, closeDuration: closing.closeDuration, abandoned: abandoned)
    }

    /// Sends until all is accepted, or nothing moves any more: a full queue has no event for staying full.
    private func fill(_ socket: borrowing TCPSocket) throws -> Int {
        let chunk = [UInt8](repeating: 0x78, count: 65_536)
        var accepted = 0
        while accepted < Self.size {
            let count = try socket.send(chunk.prefix(Self.size - accepted))
            accepted += count
            guard count == 0 else { continue }
            let ready = try wait(for: [.output(socket.descriptor)], until: .now + .milliseconds(300))
            if ready.isEmpty { break }
        }
        return accepted
    }

    private func receive(
        at endpoint: Endpoint, _ senderHasClosed: Wakeup, isListening: () -> Void
    ) throws -> Received {
        let listener = try TCPSocket(endpoint.address.family)
        let result = Result {
            try listener.bind(to: endpoint)
            try listener.listen()
            isListening()
            _ = try wait(for: [.input(listener.descriptor)], until: soon)
            var peer: Endpoint?
            guard let socket = try listener.accept(peer: &peer) else { throw LaboratoryError("nobody came") }
            let result = Result { try read(socket, senderHasClosed) }
            try? socket.close()
            return try result.get()
        }
        try? listener.close()
        return try result.get()
    }

    private func read(_ socket: borrowing TCPSocket, _ senderHasClosed: Wakeup) throws -> Received {
        _ = try socket.send([0x21])
        if !readerIsFast { _ = try wait(for: [.input(senderHasClosed.descriptor)], until: soon) }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var bytes = 0
        while bytes < Self.size {
            do {
                switch try socket.receive(into: &buffer) {
                case .bytes(let count): bytes += count
                case .endOfStream: return Received(bytes: bytes, error: nil)
                case .wouldBlock:
                    let ready = try wait(for: [.input(socket.descriptor)], until: soon)
                    if ready.isEmpty { throw LaboratoryError("the reader waited in vain after \(bytes) bytes") }
                }
            } catch let error as SocketError {
                return Received(bytes: bytes, error: error.errno)
            }
        }
        return Received(bytes: bytes, error: nil)
    }

    private var soon: ContinuousClock.Instant { .now + .seconds(10) }
}
