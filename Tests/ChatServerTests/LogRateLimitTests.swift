import TCPSockets
import Testing

@testable import ChatServer

@Suite("The limit on log lines", .timeLimit(.minutes(5)))
struct LogRateLimitTests {
    private let start = Moment.now

    @Test("lets a burst through, then so many a second, and counts the others")
    func rate() {
        var limit = LogRateLimit(now: start)
        let burst = (0..<10_000).count { _ in limit.admits(at: start) }
        #expect(burst == LogRateLimit.burst)
        #expect(limit.leftOut == 10_000 - LogRateLimit.burst)
        let later = start + .seconds(10)
        #expect((0..<10_000).count { _ in limit.admits(at: later) } == 10 * LogRateLimit.perSecond)
    }

    @Test("can be stricter, and counts lines that nobody asks for")
    func stricter() {
        var limit = LogRateLimit(burst: 3, perSecond: 1, now: start)
        #expect((0..<10).count { _ in limit.admits(at: start) } == 3)
        limit.leaveOut(100, at: start)
        #expect(limit.leftOut == 107)
        #expect((0..<10).count { _ in limit.admits(at: start + .seconds(2)) } == 2)
    }

    @Test("tells how many were left out once a second, and at the end at once")
    func told() {
        var limit = LogRateLimit(now: start)
        for _ in 0..<LogRateLimit.burst + 3 { _ = limit.admits(at: start) }
        #expect(limit.takeLeftOut(at: start + .milliseconds(999)) == nil)
        #expect(limit.takeLeftOut(at: start + .seconds(1)) == 3)
        #expect(limit.takeLeftOut(at: start + .seconds(9)) == nil)
        _ = limit.admits(at: start)
        #expect(limit.takeLeftOut(at: start, isLast: true) == 1)
    }
}
