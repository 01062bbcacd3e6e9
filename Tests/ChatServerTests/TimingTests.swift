import TCPSockets
import Testing

@testable import ChatServer

@Suite("The sweep over idle connections", .timeLimit(.minutes(5)))
struct IdleSweepTests {
    private let start = Moment.now

    private func sweep(_ change: (inout ServerConfiguration) -> Void) -> IdleSweep {
        var configuration = ServerConfiguration(endpoint: Endpoint(.loopbackV4, port: 0), maximumFrame: 65_536)
        change(&configuration)
        return IdleSweep(configuration)
    }

    @Test("is made by nobody where nothing is limited")
    func unlimited() {
        var sweep = sweep { _ in }
        #expect(sweep.schedule(now: start) == nil)
        #expect(!sweep.isOverdue(.client(since: start), now: start + .seconds(1_000_000)))
        #expect(!sweep.isOverdue(.answerer(since: start), now: start + .seconds(1_000_000)))
        #expect(!sweep.isOverdue(.transcript(since: start), now: start + .seconds(1_000_000)))
    }

    @Test(
        "comes after four fifths of the shortest limit, between 20 ms and a second, and is scheduled once",
        arguments: [(1, 20), (100, 80), (1000, 800), (3_600_000, 1000)])
    func interval(_ limit: Int, _ interval: Int) {
        var sweep = sweep {
            $0.idleTimeout = .milliseconds(limit)
            $0.answerTimeout = .seconds(7200)
        }
        #expect(sweep.schedule(now: start) == start + .milliseconds(interval))
        #expect(sweep.schedule(now: start) == nil)
        sweep.begin()
        #expect(sweep.schedule(now: start) == start + .milliseconds(interval))
    }

    @Test("gives each what is waited for its own limit")
    func limits() {
        let sweep = sweep {
            $0.idleTimeout = .seconds(10)
            $0.answerTimeout = .seconds(3)
        }
        for (seconds, client, answerer) in [(2, false, false), (3, false, true), (9, false, true), (10, true, true)] {
            let now = start + .seconds(seconds)
            #expect(sweep.isOverdue(.client(since: start), now: now) == client)
            #expect(sweep.isOverdue(.answerer(since: start), now: now) == answerer)
            #expect(sweep.isOverdue(.transcript(since: start), now: now) == answerer)
        }
    }

    @Test("gives a person any time to answer, and a process as much as a client, where no limit is set for answers")
    func defaults() {
        let later = start + .seconds(10)
        let person = sweep { $0.idleTimeout = .seconds(10) }
        #expect(!person.isOverdue(.answerer(since: start), now: later))
        #expect(person.isOverdue(.transcript(since: start), now: later))
        let process = sweep {
            $0.idleTimeout = .seconds(10)
            $0.answering = .coProcess(command: "cat")
        }
        #expect(process.isOverdue(.answerer(since: start), now: later))
    }
}

@Suite("The wait for a client that was refused", .timeLimit(.minutes(5)))
struct RefusedWaitTests {
    private let start = Moment.now

    @Test("is over at the first look where the client has acknowledged everything")
    func acknowledged() {
        var (wait, activity) = (RefusedWait(), start)
        #expect(wait.look(left: 0, lastActivity: &activity, now: start + .seconds(1)) == nil)
        #expect(activity == start)
    }

    @Test("goes on as long as the client reads, and a second after it has read all")
    func reads() {
        var (wait, activity) = (RefusedWait(), start)
        for (second, left) in [(50, 300), (100, 200), (150, 100)] {
            let now = start + .seconds(second)
            #expect(wait.look(left: left, lastActivity: &activity, now: now) == now + .milliseconds(100))
            #expect(activity == now)
        }
        let now = start + .seconds(151)
        #expect(wait.look(left: 0, lastActivity: &activity, now: now) == now + .seconds(1))
        #expect(wait.look(left: 0, lastActivity: &activity, now: now + .seconds(1)) == nil)
    }

    @Test("is over after a minute in which the client has read nothing")
    func stuck() {
        var (wait, activity) = (RefusedWait(), start)
        #expect(wait.look(left: 5, lastActivity: &activity, now: start) != nil)
        #expect(wait.look(left: 5, lastActivity: &activity, now: start + .milliseconds(59_999)) != nil)
        #expect(wait.look(left: 5, lastActivity: &activity, now: start + .seconds(60)) == nil)
    }
}

@Suite("Looking again", .timeLimit(.minutes(5)))
struct RetryTests {
    private let start = Moment.now

    @Test("at a reader of the log: soon while it reads, less and less often while it does not")
    func log() {
        var retry = LogRetry()
        for (madeRoom, milliseconds) in [(false, 5), (false, 10), (false, 20), (true, 40), (false, 5), (false, 10)] {
            #expect(retry.schedule(now: start) == start + .milliseconds(milliseconds))
            #expect(retry.schedule(now: start) == nil)
            retry.tried(madeRoom: madeRoom)
        }
        for _ in 0..<20 { retry.tried(madeRoom: false) }
        #expect(retry.schedule(now: start) == start + .milliseconds(320))
    }

    @Test("at a pipe: less and less often, down to ten times a second, and once for each time")
    func pipe() {
        var polling = PipePolling()
        var now = start
        for milliseconds in [1, 2, 4, 8, 16, 32, 64, 100, 100] {
            let next = polling.schedule(now: now)
            #expect(next == now + .milliseconds(milliseconds))
            #expect(polling.schedule(now: now) == nil)
            now = next ?? now
        }
    }
}
