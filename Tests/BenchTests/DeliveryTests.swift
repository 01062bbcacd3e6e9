import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import TestSupport

@Suite(
    "A delivery", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"), .serialized,
    .timeLimit(.minutes(5)))
struct DeliveryTests {
    /// A segment and the states of both sides when it appeared and after it was delivered.
    private struct Step: Hashable {
        let from: Side
        let flags: Segment.Flags
        let seen: Sides
        let after: Sides
    }

    @Test("shows the states of RFC 9293 before and after it", arguments: IPAddress.Family.allCases)
    func states(_ family: IPAddress.Family) async throws {
        let world = try await World()
        let pair = try await world.makeConnection(family)
        // accept() may return before it is noted what the last ACK has done.
        try world.wire.look(at: pair.connection)
        try pair.client.close()
        try await pair.server.readable()
        #expect(try pair.server.receiveNow() == .endOfStream)
        // The server's ACK may come late: CLOSE-WAIT is left only after it is seen.
        _ = try await world.wire.passage("the ACK of the FIN") { [connection = pair.connection] passage in
            passage.connection == connection && !passage.deliveries.isEmpty
                && passage.deliveries[0].after.state(.client) == .finWait2
        }
        try pair.server.close()
        _ = try await world.wire.passage("the last ACK") { passage in
            passage.from == .client && passage.states.state(.client) == .timeWait && !passage.deliveries.isEmpty
        }
        let all = try world.wire.passages
        // On a busy machine an answer may be late, and a segment sent again.
        let passages = all.filter { passage in !all.prefix(passage.number).contains { passage.isCopy(of: $0) } }
        let steps = passages.map { passage in
            Step(
                from: passage.from, flags: passage.segment.flags, seen: Sides(passage.states),
                after: Sides(passage.deliveries[0].after))
        }
        // Where there is no connection (any more), a segment meets the listener.
        #expect(
            steps.map(\.flags) == [.syn, [.syn, .ack], .ack, [.fin, .ack], .ack, [.fin, .ack], .ack])
        #expect(steps.map(\.from) == [.client, .server, .client, .client, .server, .server, .client])
        #expect(
            steps.map(\.seen) == [
                Sides(.synSent, .listen), Sides(.synSent, .synReceived), Sides(.established, .synReceived),
                Sides(.finWait1, .established), Sides(.finWait1, .closeWait), Sides(.finWait2, .lastAck),
                Sides(.timeWait, .lastAck),
            ])
        #expect(
            steps.map(\.after) == [
                Sides(.synSent, .synReceived), Sides(.established, .synReceived), Sides(.established, .established),
                Sides(.finWait1, .closeWait), Sides(.finWait2, .closeWait), Sides(.timeWait, .lastAck),
                Sides(.timeWait, .listen),
            ])
        for passage in passages {
            let delivery = try #require(passage.deliveries.first)
            #expect(passage.deliveries.count == 1)
            #expect(passage.fate == .delivered)
            #expect(passage.arrival == delivery.time)
            #expect(passage.time <= delivery.time)
        }
        #expect(all.map(\.number) == Array(all.indices))
        #expect(try world.wire.look(at: pair.connection).isSettled)
    }

    @Test("is over when its effect shows: after each of 200 SYNs the server is in SYN-RECEIVED")
    func effects() async throws {
        let world = try await World()
        let listener = try await world.server.listener()
        let endpoint = Endpoint(world.server.address(.v4), port: 7000)
        for _ in 0..<200 {
            let client = try await world.client.connect(to: endpoint)
            let server = try await listener.accept()
            try client.close(.reset)
            try server.close(.reset)
        }
        let passages = try world.wire.passages
        let syns = passages.filter { $0.segment.flags == .syn }
        #expect(syns.count == 200)
        #expect(syns.allSatisfy { $0.deliveries.map { Sides($0.after) } == [Sides(.synSent, .synReceived)] })
        let synAcks = passages.filter { $0.segment.flags == [.syn, .ack] }
        #expect(synAcks.count == 200)
        #expect(synAcks.allSatisfy { $0.deliveries.map { Sides($0.after) } == [Sides(.established, .synReceived)] })
    }
}
