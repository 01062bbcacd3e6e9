import Glibc
import Recordings
package import TCPSockets

/// A message of several megabytes from the client's host to the server's, over sockets that the laboratory opens itself: the
/// chat asks and answers, and never has that much under way.
package struct Bulk: Sendable {
    package static let size = 4 << 20

    /// How the sender closes.
    package let strategy: CloseStrategy
    package let reader: Reader
    let patience = Pace.current.patience

    package enum Reader: String, CaseIterable, Sendable, Hashable {
        /// It reads as it comes.
        case fast
        /// It begins when the sender has closed.
        case slow
        /// It begins with a byte of its own when the sender has sent its FIN, or would if the data before that were gone. To one
        /// that closes only after its peer, it sends that byte while the sender waits.
        case talking
    }

    package init(strategy: CloseStrategy, reader: Reader) {
        (self.strategy, self.reader) = (strategy, reader)
    }

    /// What the sender knows.
    package struct Sent: Sendable {
        /// Bytes that send() accepted.
        package let accepted: Int
        /// Of these, bytes that the peer had not acknowledged when close() was called.
        package let queued: Int
        package let end: Endpoint
        /// How long close() took; nil for `abandon`, which calls none.
        package let closeDuration: Duration?
        /// Bytes that the peer had not acknowledged when close() returned.
        package let left: Int
        /// What the closing told the sender, in words.
        package let told: String
        /// The socket that `abandon` left open.
        fileprivate let abandoned: CInt?
    }

    /// What the reader knows.
    package struct Received: Sendable {
        package let bytes: Int
        package let end: End

        package enum End: Hashable, Sendable {
            case endOfStream
            case failed(Errno)
            /// It had all, and closed before the sender did: what `passive` asks of it.
            case closedFirst
        }
    }

    /// Transfers the message, and closes in the middle of it where the reader is slow.
    package func transfer(
        in world: World, over family: IPAddress.Family
    ) async throws -> (sent: Sent, received: Received) {
        let endpoint = Endpoint(world.server.address(family), port: 7100)
        let isListening = ConditionVariable(false)
        let events = try Events()
        return try await withTaskCancellationHandler {
            async let received = world.server.inside {
                try receive(at: endpoint, world.client, events) {
                    isListening.change { $0 = true }
                }
            }
            _ = try await isListening.until("the reader to listen") { $0 ? () : nil }
            let sent: Sent
            do {
                defer { events.senderHasClosed.signal() }
                sent = try await world.client.inside { try send(to: endpoint, events) }
                if let abandoned = sent.abandoned { try await endOwner(of: abandoned, on: world.client) }
            }
            return (sent, try await received)
        } onCancel: {
            events.isCancelled.signal()
        }
    }

    /// What the two sides and the laboratory have to tell each other.
    struct Events: Sendable {
        let senderCloses, senderHasClosed, isCancelled: EventDescriptor
        /// How much there will be to read.
        let accepted = ConditionVariable(Bulk.size)

        init() throws {
            senderCloses = try EventDescriptor()
            senderHasClosed = try EventDescriptor()
            isCancelled = try EventDescriptor()
        }
    }

    /// Leaves a socket to a process that never heard of it, and lets that process end: cat(1), whose input ends.
    private func endOwner(of socket: CInt, on host: Host) async throws {
        let owner = try await host.startOwner(of: socket)
        owner.endInput()
        try await owner.ended()
        _ = try owner.reap()
    }

    private func send(to endpoint: Endpoint, _ events: Events) throws -> Sent {
        let socket = try TCPSocket(endpoint.address.family)
        let accepted: Int
        let queued: Int
        let end: Endpoint
        do {
            if try socket.connect(to: endpoint) == .inProgress {
                try waitFor(.output(socket.descriptor), "the connection", events)
                if let errno = try socket.pendingError() { throw LaboratoryError("connect: \(errno)") }
            }
            end = try socket.localEndpoint()
            // The reader greets with a byte, which `unread` leaves where it is and all others take.
            try waitFor(.input(socket.descriptor), "the reader's greeting", events)
            var greeting: [UInt8] = [0]
            if strategy != .unread { _ = try socket.receive(into: &greeting) }
            accepted = try fill(socket)
            queued = try SocketTable.find(local: end, remote: endpoint)?.sendQueue ?? 0
        } catch {
            try? socket.close()
            throw error
        }
        // Who reads to the end lets its peer, which talks meanwhile, come to that end.
        let readsToTheEnd = strategy.awaitsPeer && reader == .talking
        // A reader that reads as it comes is through before this time is over, on a busy machine too.
        let lingerSeconds = reader == .fast ? Int(patience.components.seconds) : 1
        let times = CloseTimes(
            timeout: readsToTheEnd ? patience : .milliseconds(400), lingerSeconds: lingerSeconds)
        events.accepted.change { $0 = accepted }
        events.senderCloses.signal()
        let abandoned = strategy == .abandon ? socket.descriptor : nil
        let closing = try socket.close(strategy, times: times)
        return Sent(
            accepted: accepted, queued: queued, end: end,
            closeDuration: strategy == .abandon ? nil : closing.closeDuration,
            left: try SocketTable.find(local: end, remote: endpoint)?.sendQueue ?? 0,
            told: strategy == .abandon ? "no close(): the process just ended" : Self.told(by: closing),
            abandoned: abandoned
        )
    }

    /// What `told` is where close() found nothing wrong.
    package static let closedWell = "close() returned 0"

    private static func told(by closing: Closing) -> String {
        let wait: String? =
            switch closing.wait {
            case .none, .interrupted: nil
            case .peerClosed: "the reader's FIN came"
            case .peerReset(let errno): "recv() failed with \(errno.name)"
            case .timedOut: "no FIN came in time"
            }
        let end = closing.closeError.map { "close() failed with \($0.errno.name)" } ?? closedWell
        return [wait, end].compactMap(\.self).joined(separator: ", ")
    }

    /// Sends until all is accepted, or nothing moves any more: a full queue has no event for staying full.
    private func fill(_ socket: borrowing TCPSocket) throws -> Int {
        let chunk = [UInt8](repeating: 0x78, count: 65_536)
        var accepted = 0
        while accepted < Self.size {
            let count = try socket.send(chunk.prefix(Self.size - accepted))
            accepted += count
            guard count == 0 else { continue }
            let ready = try wait(for: [.output(socket.descriptor)], until: .now + patience * 3 / 100)
            if ready.isEmpty { break }
        }
        return accepted
    }

    /// Waits for a descriptor, or until nobody wants the result any more.
    func waitFor(_ awaited: Awaited, _ what: String, _ events: Events) throws {
        let ready = try wait(for: [awaited, .input(events.isCancelled.descriptor)], until: .now + patience)
        if ready.contains(1) { throw CancellationError() }
        if ready.isEmpty { throw LaboratoryError("gave up waiting for \(what)") }
    }
}
