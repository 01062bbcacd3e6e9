import TCPSockets

/// The listening socket of an event loop: takes clients out of its queue, and pauses where that fails.
struct Acceptor: ~Copyable {
    /// A client that has connected.
    struct Arrival: ~Copyable {
        let socket: TCPSocket
        let client: Endpoint

        consuming func takeSocket() -> TCPSocket { socket }
    }

    private var listener: TCPSocket?
    private var spare = SpareDescriptor()
    private var burst = AcceptBurst()
    /// Whatever the reason of a failure, it will not be gone at once; the queue of the kernel keeps who waits.
    private static let pause = Duration.milliseconds(100)

    init(_ listener: consuming TCPSocket) {
        self.listener = consume listener
    }

    /// Has the poller tell of clients that wait. Of several loops with the same listener, one is told.
    mutating func watch(_ poller: borrowing Poller) throws(SocketError) {
        guard let descriptor = listener?.descriptor else { return }
        try poller.add(descriptor, for: [.readable, .exclusive], token: LoopToken.listener)
    }

    /// The next client of this burst, or nil at its end.
    mutating func next() throws(SocketError) -> Arrival? {
        do throws(SocketError) {
            if burst.goesOn, let arrival = try accept() {
                burst.accepted()
                return arrival
            }
        } catch {
            burst.end()
            throw error
        }
        burst.end()
        return nil
    }

    private func accept() throws(SocketError) -> Arrival? {
        var client: Endpoint?
        while let socket = try listener?.accept(peer: &client) {
            if let client { return Arrival(socket: socket, client: client) }
            // Of a family that this program does not speak.
            try? socket.close()
        }
        return nil
    }

    /// Takes one client out of the queue although the descriptor table is full: it gets the descriptor that was held in
    /// reserve, and is to be closed before `reserveDescriptor`.
    mutating func acceptOnSpareDescriptor() -> Arrival? {
        spare.release()
        return try? accept()
    }

    mutating func reserveDescriptor() {
        spare.reserve()
    }

    /// Accepts nobody for a while, after a failure; `LoopToken.acceptAgain` comes when it is over.
    mutating func pause(_ poller: inout Poller, now: Moment) {
        if let descriptor = listener?.descriptor { try? poller.remove(descriptor) }
        poller.schedule(LoopToken.acceptAgain, at: now + Self.pause)
    }

    /// Accepts nobody any more.
    mutating func stop(_ poller: borrowing Poller) {
        guard let listener = listener.take() else { return }
        // By hand: the other loops have duplicates, and closing one of several keeps the registration.
        try? poller.remove(listener.descriptor)
        try? listener.close()
    }
}
