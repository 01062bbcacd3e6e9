import Testing

@testable import Bench

@Suite("A condition variable", .timeLimit(.minutes(5)))
struct ConditionVariableTests {
    @Test("wakes whoever waits when it changes, and not before")
    func change() async throws {
        let watched = ConditionVariable(0)
        async let found = watched.until("3") { $0 == 3 ? "three" : nil }
        for _ in 1...3 { watched.change { $0 += 1 } }
        #expect(try await found == "three")
    }

    @Test("wakes all who wait, each for its own change")
    func many() async throws {
        let watched = ConditionVariable(0)
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...100 {
                group.addTask {
                    try await watched.until("\(number)", within: .seconds(50)) { $0 >= number ? number : nil }
                }
            }
            group.addTask {
                for _ in 1...100 {
                    watched.change { $0 += 1 }
                    await Task.yield()
                }
                return 0
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 5050)
    }

    @Test("finds what is there already, even when no time is left")
    func already() async throws {
        #expect(try await ConditionVariable(5).until("5", within: .zero) { $0 == 5 ? $0 : nil } == 5)
    }

    @Test("keeps what a search has changed")
    func search() async throws {
        let watched = ConditionVariable([1, 2])
        #expect(try await watched.until("a number") { $0.popLast() } == 2)
        #expect(watched.state == [1])
    }

    @Test("gives up at the deadline, not before it, and says what was awaited")
    func deadline() async {
        let start = ContinuousClock.now
        let error = await #expect(throws: NotSeen.self) {
            try await ConditionVariable(0).until("Godot", within: .milliseconds(120)) { $0 == 1 ? $0 : nil }
        }
        #expect(error.map(String.init(describing:)) == "gave up after waiting 0.1 s for Godot")
        #expect(ContinuousClock.now - start >= .milliseconds(120))
    }

    @Test("gives up at the deadline although it changes all the time")
    func restless() async {
        let watched = ConditionVariable(0)
        let restless = Task {
            while !Task.isCancelled {
                watched.change { $0 += 1 }
                await Task.yield()
            }
        }
        await #expect(throws: NotSeen.self) {
            try await watched.until("less than nothing", within: .milliseconds(50)) { $0 < 0 ? $0 : nil }
        }
        restless.cancel()
    }

    private struct Boom: Error {}

    @Test("passes on what a search throws, at once or after a change")
    func thrown() async {
        let watched = ConditionVariable(0)
        let find: @Sendable (inout Int) throws -> Int? = { if $0 > 0 { throw Boom() } else { nil } }
        let waiting = Task { try await watched.until("1", find) }
        watched.change { $0 = 1 }
        await #expect(throws: Boom.self) { try await waiting.value }
        await #expect(throws: Boom.self) { try await watched.until("1", find) }
    }

    @Test("lets go of whoever is cancelled, before or while waiting", arguments: [false, true])
    func cancellation(_ isWaiting: Bool) async throws {
        let watched = ConditionVariable(0)
        let looks = ConditionVariable(0)
        let start = ContinuousClock.now
        let task = Task {
            try await watched.until("never", within: .seconds(50)) { _ -> Int? in
                looks.change { $0 += 1 }
                return nil
            }
        }
        if isWaiting { _ = try await looks.until("a look") { $0 > 0 ? $0 : nil } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test("is gone with its last user, whether the wait ended well, in vain, or by cancellation")
    func leak() async throws {
        weak var gone: ConditionVariable<Int>?
        do {
            let watched = ConditionVariable(0)
            gone = watched
            let task = Task { try await watched.until("never", within: .seconds(50)) { _ -> Int? in nil } }
            task.cancel()
            _ = try? await task.value
            _ = try? await watched.until("never", within: .milliseconds(1)) { _ -> Int? in nil }
            async let one = watched.until("1", within: .seconds(50)) { $0 == 1 ? $0 : nil }
            watched.change { $0 = 1 }
            #expect(try await one == 1)
        }
        // An alarm that was cancelled lets go when it is next scheduled.
        for _ in 0..<1000 where gone != nil { try await Task.sleep(for: .milliseconds(5)) }
        #expect(gone == nil)
    }
}
