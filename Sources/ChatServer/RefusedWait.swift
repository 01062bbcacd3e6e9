import TCPSockets

/// How long a client is waited for that has got an error frame, and the FIN behind it: a second after it has acknowledged
/// everything. A client that reads slowly gets more, as long as it reads: a close would be a RST as soon as it sends
/// again, and destroy what it has not read.
struct RefusedWait {
    static let second = Duration.seconds(1)
    private static let patienceWithReader = Duration.seconds(60)
    private static let interval = Duration.milliseconds(100)
    private var unacknowledged = 0

    /// - Parameters:
    ///   - left: How much the client has not acknowledged.
    ///   - lastActivity: When it last did anything; now, where it has acknowledged something since the last look.
    /// - Returns: When to look again; nil when it has had its time.
    mutating func look(left: Int, lastActivity: inout Moment, now: Moment) -> Moment? {
        let before = unacknowledged
        unacknowledged = left
        if left != before { lastActivity = now }
        if left > 0 { return now - lastActivity < Self.patienceWithReader ? now + Self.interval : nil }
        return before > 0 ? now + Self.second : nil
    }
}
