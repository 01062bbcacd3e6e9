import TCPSockets

/// How many lines a log takes: so many at once, and so many a second after that. A value without a clock.
///
/// A client that connects and leaves as fast as it can makes thousands of lines a second, which is tens of gigabytes a day.
struct LogRateLimit {
    /// How many lines may come at once, after a while without any.
    static let burst = 2500
    /// How many may come each second in the long run.
    static let perSecond = 50

    private let burst: Double
    private let perSecond: Double
    private var allowance: Double
    private var last: Moment
    private(set) var leftOut = 0
    private var leftOutSince: Moment

    init(burst: Int = Self.burst, perSecond: Int = Self.perSecond, now: Moment) {
        (self.burst, self.perSecond) = (Double(burst), Double(perSecond))
        allowance = self.burst
        (last, leftOutSince) = (now, now)
    }

    /// Whether a line may be written now; if not, it is counted.
    mutating func admits(at now: Moment) -> Bool {
        allowance = min(burst, allowance + (now - last).inSeconds * perSecond)
        last = now
        if allowance >= 1 {
            allowance -= 1
            return true
        }
        leaveOut(1, at: now)
        return false
    }

    /// Counts lines that nobody asks for.
    mutating func leaveOut(_ count: Int, at now: Moment) {
        if leftOut == 0 { leftOutSince = now }
        leftOut += count
    }

    /// How many lines were left out, to be told once a second; nil where there is nothing to tell yet.
    mutating func takeLeftOut(at now: Moment, isLast: Bool = false) -> Int? {
        guard leftOut > 0, isLast || now - leftOutSince >= .seconds(1) else { return nil }
        defer { leftOut = 0 }
        return leftOut
    }
}
