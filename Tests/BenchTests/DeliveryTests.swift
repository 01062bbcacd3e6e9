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
        _ = try await world.wire.captured("the ACK of the FIN") { [connection = pair.connection] captured in
            captured.connection == connection && !captured.deliveries.isEmpty
                && captured.deliveries[0].after.state(.client) == .finWait2
        }
        try pair.server.close()
        _ = try await world.wire.captured("the last ACK") { captured in
            captured.from == .client && captured.states.state(.client) == .timeWait && !captured.deliveries.isEmpty
        }
        let all = try world.wire.segments
        // On a busy machine an answer may be late, and a segment sent again.
        let segments = all.filter { captured in !all.prefix(captured.number).contains { captured.isCopy(of: $0) } }
        let steps = segments.map { captured in
            Step(
                from: captured.from, flags: captured.segment.flags, seen: Sides(captured.states),
                after: Sides(captured.deliveries[0].after))
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
        for captured in segments {
            let delivery = try #require(captured.deliveries.first)
            #expect(captured.deliveries.count == 1)
            #expect(captured.fate == .delivered)
            #expect(captured.arrival == delivery.time)
            #expect(captured.time <= delivery.time)
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
        let segments = try world.wire.segments
        let syns = segments.filter { $0.segment.flags == .syn }
        #expect(syns.count == 200)
        #expect(syns.allSatisfy { $0.deliveries.map { Sides($0.after) } == [Sides(.synSent, .synReceived)] })
        let synAcks = segments.filter { $0.segment.flags == [.syn, .ack] }
        #expect(synAcks.count == 200)
        #expect(synAcks.allSatisfy { $0.deliveries.map { Sides($0.after) } == [Sides(.established, .synReceived)] })
    }
}
