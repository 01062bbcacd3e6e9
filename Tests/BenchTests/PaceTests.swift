import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import TestSupport

@Suite("The pace of a machine", .timeLimit(.minutes(5)))
struct PaceTests {
    @Test(
        "is counted in starts as they usually are, and at most sixty times as slow",
        arguments: [(0, 1), (12, 1), (50, 1), (51, 2), (500, 10), (9_999, 60)])
    func factor(milliseconds: Int, factor: Int) {
        #expect(Pace(start: .milliseconds(milliseconds)).factor == factor)
    }

    @Test("makes the laboratory as patient as the machine is slow")
    func patience() {
        #expect(Pace(start: .milliseconds(10)).patience == .seconds(10))
        #expect(Pace(start: .milliseconds(400)).patience == .seconds(80))
        #expect(Pace(start: .milliseconds(400)).scaled(.milliseconds(200)) == .milliseconds(1600))
    }

    @Test(
        "decides with the processors how much is done at once",
        arguments: [(10, 1, 8), (10, 2, 16), (10, 64, 16), (200, 1, 2), (200, 2, 4), (3_000, 1, 2), (3_000, 2, 2)])
    func jobs(milliseconds: Int, processors: Int, jobs: Int) {
        #expect(Pace(start: .milliseconds(milliseconds)).jobs(processors: processors) == jobs)
    }

    @Test(
        "does at once what there are descriptors for",
        arguments: [(32, 1), (96, 1), (256, 6), (1024, 30), (65_536, 2046)])
    func descriptors(limit: Int, jobs: Int) {
        #expect(Pace.jobs(descriptors: limit) == jobs)
    }

    @Test("is worth a word where it is slow, and only there")
    func remark() {
        #expect(Pace(start: .milliseconds(120)).remark(jobs: 8) == nil)
        #expect(
            Pace(start: .milliseconds(400)).remark(jobs: 2)
                == "this machine is slow: chat-client takes 400 ms to start and be refused, usually 50 ms. So the "
                + "laboratory waits up to 80.0 s for each event, and uses 2 pairs of hosts at a time.")
    }

    @Test("says nothing of several pairs of hosts where there is one")
    func remarkOfOne() {
        #expect(
            Pace(start: .milliseconds(400)).remark()
                == "this machine is slow: chat-client takes 400 ms to start and be refused, usually 50 ms. So the "
                + "laboratory waits up to 80.0 s for each event.")
    }

    @Test(
        "cannot be taken from a client that ends at once: its status is told, and what it said",
        .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"),
        arguments: [("exit 9", "it ended with 9"), ("echo >&2 sorry; exit 9", "it ended with 9: sorry")])
    func noPace(_ script: String, _ account: String) async throws {
        let error = await #expect(throws: LaboratoryError.self) {
            try await withClient("#!/bin/sh\n\(script)") { try await Pace.measured($0) }
        }
        #expect(error?.description == "chat-client has not called connect(): \(account)")
    }

    @Test("is that of the tasks it was set for, and of no other")
    func current() async throws {
        let slow = Pace(start: .milliseconds(500))
        #expect(Pace.current.factor == 1)
        await Pace.$current.withValue(slow) {
            async let child = Pace.current
            #expect(await child == slow)
        }
        #expect(Pace.current.factor == 1)
    }

    @Test(
        "is taken from a client that starts and is refused",
        .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"))
    func measured() async throws {
        let pace = try await Pace.measured(try Chat())
        #expect(pace.start > .zero)
    }
}

@Suite(
    "The journal of two hosts", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"),
    .timeLimit(.minutes(5)))
struct JournalTests {
    @Test("holds what crossed and what the programs called, also when the hosts are gone")
    func journal() async throws {
        let notebook = Notebook()
        try await Notebook.$current.withValue(notebook) {
            _ = try await World()
            let world = try await World()
            let chat = try Chat()
            try await world.withServer(chat) { server in
                _ = try await world.converse(chat, with: server.endpoint, [])
            }
        }
        let recordings = notebook.recordings
        #expect(recordings.map(\.name) == ["hosts-2"], "nothing crossed between the first pair")
        let recording = try #require(recordings.first)
        #expect(recording.segments.contains { $0.from == .client && $0.segment.flags == .syn })
        #expect(recording.clientCalls.contains { $0.call == .connect })
        #expect(recording.serverCalls.contains { $0.call == .accept4 })
    }

    @Test("is kept by nobody who has not asked for it")
    func none() async throws {
        let notebook = Notebook()
        _ = try await World()
        #expect(notebook.recordings.isEmpty)
    }
}
