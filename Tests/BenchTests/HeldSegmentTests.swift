import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import TestSupport

@Suite(
    "Segments that a wire holds or delays", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"),
    .serialized, .timeLimit(.minutes(5)))
struct HeldSegmentTests {
    @Test("holds a segment until it is released, and counts its copies instead of piling them up")
    func hold() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        world.wire.obey([MatchRule(from: .client, .hold) { !$0.payload.isEmpty }])
        try pair.client.send("one")
        let held = try await world.wire.recording.until("two copies") { recording in
            recording.segments.first { $0.fate == .held && $0.copies >= 2 }
        }
        #expect(held.text == "one")
        #expect(try pair.server.receiveNow() == .wouldBlock)
        try world.wire.release(held.number)
        #expect(try await pair.server.receive(3) == "one")
        #expect(try pair.server.receiveNow() == .wouldBlock)
        let segments = try world.wire.segments.filter { $0.text == "one" }
        #expect(segments.first.map(\.fate) == .delivered)
        #expect(segments.first.map(\.deliveries.count) == 1)
        let copies = segments.dropFirst().filter { $0.fate == .absorbed }
        #expect(try world.wire.segments[held.number].copies == copies.count)
        #expect(copies.allSatisfy { $0.deliveries.isEmpty })
    }

    @Test("takes no acknowledgement for a copy of one that says less")
    func heldAcknowledgements() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        world.wire.obey([MatchRule(from: .client, .hold) { $0.isPureAcknowledgement }])
        for text in ["one", "two"] {
            try pair.server.send(text)
            #expect(try await pair.client.receive(3) == text)
        }
        let held = try await world.wire.recording.until("acknowledgements of both") { recording in
            let held = recording.segments.filter { $0.fate == .held }
            return Set(held.map(\.segment.acknowledgement)).count < 2 ? nil : held
        }
        #expect(held.count == 2)
        #expect(held[1].segment.acknowledgement - held[0].segment.acknowledgement == 3)
    }

    @Test("gives up a held segment: the next copy is on its own")
    func dropHeld() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        world.wire.obey([MatchRule(from: .client, times: 1, .hold) { !$0.payload.isEmpty }])
        try pair.client.send("one")
        let held = try await world.wire.captured("the held one") { $0.fate == .held }
        world.wire.drop(held.number)
        #expect(try await pair.server.receive(3) == "one")
        let segments = try world.wire.segments.filter { $0.text == "one" }
        #expect(segments.first?.fate == .dropped)
        #expect(segments.contains { $0.fate == .delivered })
    }

    @Test("delays segments and keeps their order, whatever their delays")
    func delay() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        world.wire.obey([
            MatchRule(from: .client, .delay(.milliseconds(100))) { $0.payload == Array("one".utf8) },
            MatchRule(from: .client, .delay(.milliseconds(1))) { $0.payload == Array("two".utf8) },
        ])
        for text in ["one", "two"] {
            try pair.client.send(text)
            _ = try await world.wire.captured(text) { $0.text == text }
        }
        #expect(try await pair.server.receive(6) == "onetwo")
        let segments = try world.wire.segments
        let one = try #require(segments.first { $0.text == "one" })
        let two = try #require(segments.first { $0.text == "two" })
        let (first, second) = (try #require(one.arrival), try #require(two.arrival))
        #expect(first - one.time >= 0.1)
        #expect(first <= second)
        #expect([one.fate, two.fate] == [.delivered, .delivered])
    }

    @Test("does not deliver a delayed segment again that was released before its time, nor one that was dropped")
    func delayedAndReleased() async throws {
        let world = try await World()
        let pair = try await world.makeConnection()
        world.wire.obey([
            MatchRule(from: .client, times: 2, .delay(.seconds(3))) { !$0.payload.isEmpty },
            MatchRule(from: .client, times: 1, .delay(.milliseconds(3001))) { !$0.payload.isEmpty },
        ])
        for text in ["one", "two", "six"] {
            try pair.client.send(text)
            // Sent while the one before is still in the queue of the device, two become one segment (ip-sysctl,
            // tcp_autocorking).
            _ = try await world.wire.captured(text) { $0.text == text }
        }
        let numbers = try ["one", "two", "six"].map { text in
            try #require(world.wire.segments.first { $0.text == text }).number
        }
        try world.wire.release(numbers[0])
        world.wire.drop(numbers[1])
        let last = try await world.wire.captured("the last to be delivered") {
            !$0.deliveries.isEmpty && $0.text == "six"
        }
        #expect(last.number == numbers[2])
        let segments = try world.wire.segments
        #expect(segments[numbers[0]].deliveries.count == 1)
        #expect(segments[numbers[1]].deliveries.isEmpty)
        #expect(segments[numbers[1]].fate == .dropped)
        #expect(try await pair.server.receive(9) == "onetwosix")
    }
}
