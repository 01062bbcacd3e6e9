import ChatProtocol
import TCPSockets
import Testing

@testable import ChatLoad

@Suite("The schedule of a run", .timeLimit(.minutes(5)))
struct RunScheduleTests {
    private let start = Moment.now

    private func schedule() -> RunSchedule {
        var configuration = LoadConfiguration(
            server: Endpoint(.loopbackV4, port: 1), mode: .persistent, connections: 1, duration: .seconds(60),
            payload: 1,
            close: .active)
        configuration.connectTimeout = .seconds(10)
        configuration.grace = .seconds(1)
        return RunSchedule(configuration, now: start)
    }

    @Test("Opening, running and finishing have a deadline each, and what counts is the time between the last two")
    func phases() {
        var schedule = schedule()
        #expect(schedule.phase == .opening && schedule.deadline == start + .seconds(10))
        let begun = start + .seconds(3)
        schedule.begin(now: begun)
        #expect(schedule.phase == .running && schedule.deadline == begun + .seconds(60))
        #expect(schedule.elapsed(now: begun + .seconds(7)) == .seconds(7))
        let ended = begun + .seconds(61)
        schedule.end(now: ended)
        #expect(schedule.phase == .finishing && schedule.deadline == ended + .seconds(1))
        schedule.finish(now: ended + .seconds(2))
        #expect(schedule.phase == .over)
        #expect(schedule.elapsed(now: ended + .seconds(100)) == .seconds(61))
        #expect(schedule.sinceBegin(now: begun + .seconds(100)) == .seconds(100))
    }

    @Test("A run that ends while it opens has taken no time")
    func early() {
        var schedule = schedule()
        schedule.end(now: start + .seconds(5))
        #expect(schedule.elapsed(now: start + .seconds(9)) == .zero)
    }

    @Test("A run that never ended has taken until its finish; one cut short is due at once")
    func short() {
        var schedule = schedule()
        schedule.begin(now: start)
        schedule.cutShort(now: start + .seconds(1))
        #expect(schedule.deadline == start + .seconds(1))
        schedule.finish(now: start + .seconds(2))
        #expect(schedule.elapsed(now: start + .seconds(9)) == .seconds(2))
    }
}

@Suite("The queue of connections to open", .timeLimit(.minutes(5)))
struct OpeningQueueTests {
    @Test("gives a hundred at a time, and each once")
    func some() {
        var queue = OpeningQueue(count: 250)
        var taken: [Int] = []
        while let number = queue.takeNext() { taken.append(number) }
        #expect(taken == Array(0..<100))
        #expect(queue.isUnderWay)
        queue.ended()
        #expect(queue.takeNext() == 100)
        #expect(queue.takeNext() == nil)
        for _ in 0..<100 { queue.ended() }
        #expect(!queue.isUnderWay)
        while queue.takeNext() != nil { queue.ended() }
        #expect(!queue.isUnderWay)
        #expect(queue.takeRest().isEmpty)
    }

    @Test("gives up those whose turn has not come")
    func rest() {
        var queue = OpeningQueue(count: 250)
        while queue.takeNext() != nil {}
        #expect(queue.takeRest() == 100..<250)
        for _ in 0..<100 { queue.ended() }
        #expect(queue.takeNext() == nil)
    }
}

@Suite("The frames of a run", .timeLimit(.minutes(5)))
struct PreparedFramesTests {
    @Test("are a question of the length that was asked for, and an exit", arguments: [0, 1, 32, 100_000])
    func frames(payload: Int) throws {
        let frames = PreparedFrames(payload: payload)
        var decoder = FrameDecoder(from: .client, limit: 1_000_000)
        decoder.append(frames.question)
        decoder.append(frames.exit)
        guard case .question(let text) = try decoder.next() else {
            Issue.record("no question")
            return
        }
        #expect(text.utf8.count == payload)
        #expect(try decoder.next() == .exit)
    }

    @Test("know their echo", arguments: [0, 32])
    func echo(payload: Int) throws {
        let frames = PreparedFrames(payload: payload)
        let text = String(decoding: frames.question.dropFirst(Frame.headerSize + 1), as: UTF8.self)
        for (answer, isEcho) in [(text, true), (text + "x", false), ("X" + text.dropFirst(), false)] {
            var bytes = Frame.bytes(of: .answer(answer))
            var decoder = FrameDecoder(from: .server)
            let found = try bytes.withUnsafeMutableBytes { bytes in
                var arrived = UnsafeRawBufferPointer(bytes)
                return try decoder.nextFrame(from: &arrived).map { frames.isEcho($0) }
            }
            #expect(found == isEcho)
        }
    }
}

@Suite("A place for connections", .timeLimit(.minutes(5)))
struct LoadConnectionTests {
    private let connection = LoadConnection(
        number: 7, conversation: LoadConversation(mode: .churn, strategy: .delay), limit: 100)
    private let start = Moment.now

    @Test("has one timer, which goes on to the latest deadline")
    func timer() throws {
        var poller = try Poller()
        connection.setTimer(at: start + .seconds(1), &poller)
        connection.setTimer(at: start + .seconds(3), &poller)
        let due1 = poller.nextDue(at: start + .seconds(1))
        #expect(due1 == 7)
        let due2 = poller.nextDue(at: start + .seconds(10))
        #expect(due2 == nil)
        let isDue1 = connection.timerFired(&poller, now: start + .seconds(1))
        #expect(!isDue1)
        let due3 = poller.nextDue(at: start + .seconds(2))
        #expect(due3 == nil)
        let due4 = poller.nextDue(at: start + .seconds(3))
        #expect(due4 == 7)
        let isDue2 = connection.timerFired(&poller, now: start + .seconds(3))
        #expect(isDue2)
        let isDue3 = connection.timerFired(&poller, now: start + .seconds(4))
        #expect(!isDue3)
        let due5 = poller.nextDue(at: start + .seconds(10))
        #expect(due5 == nil)
    }

    @Test("forgets its deadline with its conversation")
    func renewed() throws {
        var poller = try Poller()
        let serial = connection.serial
        connection.setTimer(at: start, &poller)
        connection.renew(LoadConversation(mode: .churn, strategy: .active), limit: 100)
        #expect(connection.serial != serial)
        let due6 = poller.nextDue(at: start)
        #expect(due6 == 7)
        let isDue4 = connection.timerFired(&poller, now: start)
        #expect(!isDue4)
    }
}

@Suite("How a run stands", .timeLimit(.minutes(5)))
struct ProgressMeterTests {
    @Test("is told while it runs: operations a second since the last time")
    func progress() {
        let start = Moment.now
        let configuration = LoadConfiguration(
            server: Endpoint(.loopbackV4, port: 1), mode: .churn, connections: 1, duration: .seconds(60), payload: 1,
            close: .active)
        var (schedule, statistics) = (RunSchedule(configuration, now: start), Statistics())
        var told: [LoadProgress] = []
        withoutActuallyEscaping({ told.append($0) }) { show in
            var meter = ProgressMeter(now: start, show: show)
            meter.report(statistics, schedule, now: start + .seconds(1))
            schedule.begin(now: start + .seconds(1))
            meter.begin(now: start + .seconds(1))
            for _ in 0..<10 { statistics.completed(nanoseconds: 1) }
            meter.report(statistics, schedule, now: start + .seconds(3))
            statistics.completed(nanoseconds: 1)
            meter.report(statistics, schedule, now: start + .seconds(4))
        }
        #expect(told.map(\.operations) == [10, 11])
        #expect(told.map(\.perSecond) == [5, 1])
        #expect(told.map(\.elapsed) == [.seconds(2), .seconds(3)])
    }
}
