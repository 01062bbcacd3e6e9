/// What may end a wait before its time, such as a signal.
public struct Interrupter: Sendable {
    public enum Outcome: Sendable {
        case ready, timedOut, interrupted
    }

    let descriptor: CInt
    let endsWait: @Sendable () -> Bool

    /// - Parameters:
    ///   - descriptor: Readable when something has come that may end the wait.
    ///   - endsWait: Looks at what it was, and says whether the wait is over; if not, the wait goes on.
    public init(descriptor: CInt, endsWait: @escaping @Sendable () -> Bool) {
        self.descriptor = descriptor
        self.endsWait = endsWait
    }

    /// Waits for a descriptor, for the time, or for the interruption.
    ///
    /// - Throws: `SocketError`.
    public func wait(
        for awaited: Awaited, until deadline: ContinuousClock.Instant
    ) throws(SocketError) -> Outcome {
        while true {
            let ready = try TCPSockets.wait(for: [awaited, .input(descriptor)], until: deadline)
            if ready.contains(1), endsWait() { return .interrupted }
            if ready.contains(0) { return .ready }
            if ready.isEmpty { return .timedOut }
        }
    }

    /// Never interrupts.
    public static let never = Interrupter(descriptor: -1) { false }
}

/// A wait that was given up because of an interruption.
public struct WaitInterrupted: Error {
    public init() {}
}
