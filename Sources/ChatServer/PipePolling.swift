import TCPSockets

/// When it is looked at next whether a process has taken a question out of its pipe: nothing tells when a pipe is read
/// from. Soon at first, and then less and less often.
struct PipePolling {
    private static let longest = Duration.milliseconds(100)
    private var interval = CoProcess.quietTime
    private var next: Moment?

    /// - Returns: When to look; nil where that is scheduled already.
    mutating func schedule(now: Moment) -> Moment? {
        if let next, now < next { return nil }
        let time = now + interval
        next = time
        interval = min(interval * 2, Self.longest)
        return time
    }
}
