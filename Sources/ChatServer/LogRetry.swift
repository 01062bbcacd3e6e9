import TCPSockets

/// When log lines are tried again that their reader had no room for: soon where it reads, less and less often where it does
/// not.
struct LogRetry {
    private static let shortest = Duration.milliseconds(5)
    private static let longest = Duration.milliseconds(320)
    private var interval = Self.shortest
    private var isScheduled = false

    /// - Returns: When to try; nil where that is scheduled already.
    mutating func schedule(now: Moment) -> Moment? {
        guard !isScheduled else { return nil }
        isScheduled = true
        return now + interval
    }

    /// - Parameter madeRoom: Whether the reader has taken anything since the last time.
    mutating func tried(madeRoom: Bool) {
        isScheduled = false
        interval = madeRoom ? Self.shortest : min(interval * 2, Self.longest)
    }
}
