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
    ///   - interruption: A descriptor that ends a wait when it becomes readable, such as that of `Signals`.
    /// - Returns: What was seen.
    /// - Throws: `SocketError` and `OptionNotTaken`, when the strategy could not be carried out. The socket
    ///   is closed in any case.
    public consuming func close(
        _ strategy: CloseStrategy, times: CloseTimes = CloseTimes(), interruption: CInt? = nil
    ) throws -> Closing {
        var closing = Closing(strategy: strategy)
        do {
            switch strategy {
            case .active, .abandon: break
            case .unread: closing.hadUnread = try? hasUnread()
            case .delay: closing.wait = try pause(times.delay, interruption)
            case .passive: try awaitPeer(times.timeout, interruption, &closing)
            case .halfClose:
                try shutdownSending()
                try awaitPeer(times.timeout, interruption, &closing)
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

    private borrowing func pause(_ delay: Duration, _ interruption: CInt?) throws -> Closing.Wait {
        try wait(for: [.interruption(interruption)], until: .now + delay).isEmpty ? .none : .interrupted
    }

    /// Reads until the peer closes, and forgets what it reads.
    private borrowing func awaitPeer(
        _ timeout: Duration, _ interruption: CInt?, _ closing: inout Closing
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
            let ready = try wait(for: [.input(descriptor), .interruption(interruption)], until: deadline)
            if ready.isEmpty { closing.wait = .timedOut }
            if ready.contains(1) { closing.wait = .interrupted }
            if closing.wait != .none { return }
        }
    }
}

extension Awaited {
    fileprivate static func interruption(_ descriptor: CInt?) -> Awaited { descriptor.map { .input($0) } ?? .nothing }
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
