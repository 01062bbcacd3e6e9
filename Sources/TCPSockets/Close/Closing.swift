/// The times that some close strategies need.
public struct CloseTimes: Sendable, Hashable {
    /// How long `delay` waits before close().
    public var delay: Duration
    /// How long `passive` and `half-close` wait for the peer's FIN.
    public var timeout: Duration
    /// The SO_LINGER time of `linger`.
    public var lingerSeconds: Int

    public init(
        delay: Duration = .milliseconds(50), timeout: Duration = .seconds(5), lingerSeconds: Int = 5
    ) {
        self.delay = delay
        self.timeout = timeout
        self.lingerSeconds = lingerSeconds
    }
}

/// What was seen while a connection was closed.
public struct Closing: Sendable, Hashable {
    public enum Wait: Sendable, Hashable {
        /// The strategy does not wait for the peer.
        case none
        /// The peer's FIN came.
        case peerClosed
        /// The peer's RST came instead, with this error.
        case peerReset(Errno)
        /// The time was over before the peer closed, so this side closed first.
        case timedOut
        /// A signal or another event ended the wait early.
        case interrupted
    }

    public let strategy: CloseStrategy
    public var wait = Wait.none
    /// Bytes that came during the wait and that nobody reads any more.
    public var bytesDiscarded = 0
    /// Whether close() found something unread in the receive queue; looked at for `unread` alone.
    public var hadUnread: Bool?
    /// How long the call of close() itself took.
    public var closeDuration = Duration.zero
    /// The error of close() itself, which is rare; the descriptor is released all the same.
    public var closeError: SocketError?
}

extension TCPSocket {
    /// Ends the connection in one of the ten ways.
    ///
    /// - Parameters:
    ///   - strategy: The way.
    ///   - times: The times that it may need.
    ///   - interrupter: What may end a wait before its time.
    /// - Returns: What was seen.
    /// - Throws: `SocketError` and `OptionNotTaken`, when the strategy could not be carried out. The socket
    ///   is closed in any case.
    public consuming func close(
        _ strategy: CloseStrategy, times: CloseTimes = CloseTimes(), interrupter: Interrupter = .never
    ) throws -> Closing {
        var closing = Closing(strategy: strategy)
        do {
            switch strategy {
            case .active, .abandon: break
            case .unread: closing.hadUnread = try? hasUnread()
            case .delay: closing.wait = try pause(times.delay, interrupter)
            case .passive: try awaitPeer(times.timeout, interrupter, &closing)
            case .halfClose:
                do {
                    try shutdownSending()
                    try awaitPeer(times.timeout, interrupter, &closing)
                } catch let error as SocketError where error.errno == .notConnected {
                    // The peer's RST was here before.
                    closing.wait = .peerReset(error.errno)
                }
            case .linger: try setLinger(seconds: times.lingerSeconds)
            case .dontLinger: try setLinger(seconds: nil)
            case .reset: try setLinger(seconds: 0)
            case .disconnect: try disconnect()
            }
        } catch {
            try? close()
            throw error
        }
        if strategy == .abandon {
            abandon()
            return closing
        }
        let start = ContinuousClock.now
        do {
            try close()
        } catch {
            closing.closeError = error
        }
        closing.closeDuration = ContinuousClock.now - start
        return closing
    }

    private borrowing func hasUnread() throws -> Bool {
        var byte: [UInt8] = [0]
        if case .bytes = try receive(into: &byte, peek: true) { return true }
        return false
    }

    private borrowing func pause(_ delay: Duration, _ interrupter: Interrupter) throws -> Closing.Wait {
        try interrupter.wait(for: .nothing, until: .now + delay) == .interrupted ? .interrupted : .none
    }

    /// Reads until the peer closes, and forgets what it reads.
    private borrowing func awaitPeer(
        _ timeout: Duration, _ interrupter: Interrupter, _ closing: inout Closing
    ) throws {
        let deadline = ContinuousClock.now + timeout
        var scratch = [UInt8](repeating: 0, count: 16_384)
        while true {
            let received: Received
            do {
                received = try receive(into: &scratch)
            } catch {
                guard error.endsConnection else { throw error }
                closing.wait = .peerReset(error.errno)
                return
            }
            switch received {
            case .bytes(let count):
                closing.bytesDiscarded += count
                if ContinuousClock.now < deadline { continue }
            case .endOfStream:
                closing.wait = .peerClosed
                return
            case .wouldBlock: break
            }
            switch try interrupter.wait(for: .input(descriptor), until: deadline) {
            case .ready: continue
            case .timedOut: closing.wait = .timedOut
            case .interrupted: closing.wait = .interrupted
            }
            return
        }
    }
}

extension SocketError {
    /// Whether the error says that the connection is gone, rather than that the call was wrong.
    public var endsConnection: Bool {
        switch errno {
        case .connectionReset, .brokenPipe, .timedOut, .hostUnreachable, .networkUnreachable,
            .connectionAborted:
            true
        default: false
        }
    }
}
