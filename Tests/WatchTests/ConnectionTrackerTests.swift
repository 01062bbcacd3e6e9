import Recordings
import Stories
import TCPSockets
import Testing

@testable import Watch

@Suite("From transitions to connections")
struct ConnectionTrackerTests {
    private let client = MadeUpSocket.client
    private let server = MadeUpSocket.server
    private let opening = MadeUpSocket.opening(at: 1)

    private func connections(_ events: [KernelEvent], _ tracker: ConnectionTracker? = nil) -> [EndedConnection] {
        var tracker = tracker ?? .forTests(words: [11: "TCP_ABORT_ON_CLOSE", 9: "TCP_TIMEWAIT_SOCKET", 1: "NO_SOCKET"])
        for event in events { tracker.take(event) }
        return tracker.connections(until: .max)
    }

    private func only(_ connections: [EndedConnection]) throws -> EndedConnection {
        try #require(connections.count == 1)
        return connections[0]
    }

    @Test("Two ends on this machine are one connection with two programs, and a softirq's thread is nobody's")
    func loopback() throws {
        let connection = try only(
            connections(
                opening + [
                    server.move(.established, .finWait1, at: 500, by: 20),
                    client.move(.established, .closeWait, at: 500),
                    client.move(.closeWait, .lastAck, at: 501, by: 10), server.move(.finWait1, .finWait2, at: 501),
                    server.move(.finWait2, .closed, at: 501), client.move(.lastAck, .closed, at: 501),
                ]))
        #expect(connection.story.client == client.local && connection.story.server == server.local)
        #expect(connection.story.firstToClose == .server && connection.story.ending == .fin)
        #expect(connection.story.timeWait == .server && !connection.story.timeWaitSeen)
        #expect(connection.story.seconds == 0.5 && connection.story.directionsSeen == .both)
        #expect(connection.client?.pid == 10 && connection.server?.pid == 20)
    }

    @Test("FINs that cross: both closed first")
    func crossing() throws {
        let connection = try only(
            connections(
                opening + [
                    server.move(.established, .finWait1, at: 2, by: 20),
                    client.move(.established, .finWait1, at: 2, by: 10),
                    server.move(.finWait1, .closing, at: 3), client.move(.finWait1, .closing, at: 3),
                    server.move(.closing, .closed, at: 4), client.move(.closing, .closed, at: 4),
                ]))
        #expect(connection.story.firstToClose == .both && connection.story.timeWait == .both)
    }

    @Test("A RST, whose reason comes after the transition that it belongs to")
    func reset() throws {
        let connection = try only(
            connections(
                opening + [
                    client.move(.established, .closed, at: 9, by: 10), server.receivesReset(at: 9),
                    server.move(.established, .closed, at: 9), client.sendsReset(11, at: 9),
                ]))
        let reset = try #require(connection.story.reset)
        #expect(reset.from == .client && reset.cause == .unreadData && reset.reason == "TCP_ABORT_ON_CLOSE")
        #expect(reset.knownFrom == .kernel)
        #expect(connection.story.firstToClose == .client && connection.story.ending == .rst)
        #expect(connection.story.timeWait == .none && connection.server == nil)
    }

    @Test("Late data: the server's FIN came first, and its TIME-WAIT's RST ended it")
    func lateData() throws {
        let connection = try only(
            connections(
                opening + [
                    server.move(.established, .finWait1, at: 2, by: 20), client.move(.established, .closeWait, at: 2),
                    server.move(.finWait1, .finWait2, at: 2), server.move(.finWait2, .closed, at: 2),
                    server.sendsReset(9, at: 5000, socket: 77), client.receivesReset(at: 5000),
                    client.move(.closeWait, .closed, at: 5000),
                ]))
        #expect(connection.story.firstToClose == .server && connection.story.ending == .rst)
        #expect(connection.story.reset?.from == .server && connection.story.reset?.cause == .lateData)
    }

    /// A client whose peer is on another machine, and that has closed first.
    private var orphan: [KernelEvent] {
        [
            client.move(.closed, .synSent, at: 1, by: 10), client.move(.synSent, .established, at: 2),
            client.move(.established, .finWait1, at: 3, by: 10), client.move(.finWait1, .finWait2, at: 4),
            client.move(.finWait2, .closed, at: 4),
        ]
    }

    @Test(
        "After FIN-WAIT-2 the kernel tells no more: the table decides whether the peer's FIN has come",
        arguments: [
            (TCPState.timeWait, Story.Ending.fin, Story.TimeWait.client), (.finWait2, .open, .unknown),
            (nil, .open, .unknown),
        ] as [(TCPState?, Story.Ending, Story.TimeWait)])
    func orphan(held: TCPState?, ending: Story.Ending, timeWait: Story.TimeWait) throws {
        let table = held.map { ["\(client.local)": $0] } ?? [:]
        let story = try only(connections(orphan, .forTests(table: table))).story
        #expect(story.firstToClose == .client && story.ending == ending && story.timeWait == timeWait)
        #expect(story.timeWaitSeen == (ending == .fin) && story.directionsSeen == .client)
    }

    @Test("It is asked a second later, not before")
    func orphanLater() {
        var tracker = ConnectionTracker.forTests(table: ["\(client.local)": .timeWait])
        for event in orphan { tracker.take(event) }
        #expect(tracker.connections(until: 900_000_000).isEmpty && tracker.isWaiting)
        #expect(tracker.connections(until: 1_100_000_000).count == 1 && !tracker.isWaiting)
    }

    @Test("Refused: by this machine, whose reason is told, and by another one")
    func refused() throws {
        let request = [client.move(.closed, .synSent, at: 1, by: 10)]
        let end = [client.receivesReset(at: 2), client.move(.synSent, .closed, at: 2, by: 10)]
        let here = try only(connections(request + [server.sendsReset(1, at: 2, socket: 0)] + end))
        #expect(here.story.ending == .refused && here.story.firstToClose == .server && here.story.timeWait == .none)
        #expect(here.story.reset?.reason == "NO_SOCKET" && here.story.reset?.cause == .refused && here.isServerHere)
        let elsewhere = try only(connections(request + end))
        #expect(elsewhere.story.reset?.reason == nil && elsewhere.story.reset?.cause == .refused)
        #expect(!elsewhere.isServerHere)
    }

    @Test("No answer to the SYN, or an ICMP error before it was sent again", arguments: [(127_000, false), (5, true)])
    func unanswered(milliseconds: UInt64, isRefused: Bool) throws {
        let connection = try only(
            connections([
                client.move(.closed, .synSent, at: 1, by: 10), client.move(.synSent, .closed, at: 1 + milliseconds),
            ]))
        #expect(connection.story.ending == (isRefused ? .refused : .timedOut))
    }

    @Test("connect() that finds no port is no connection")
    func noPort() throws {
        var tracker = ConnectionTracker.forTests()
        let unbound = MadeUpSocket(socket: 3, local: Endpoint(.anyV4, port: 0), remote: server.local)
        tracker.take(unbound.move(.closed, .synSent, at: 1, by: 10))
        tracker.take(unbound.move(.synSent, .closed, at: 1, by: 10))
        guard case .failedConnect(let failure)? = tracker.takeResults(until: .max).first else {
            Issue.record("no failed connect()")
            return
        }
        #expect(failure.remote == server.local && failure.program?.pid == 10)
    }

    @Test("What began before the watch says so; the port that listens is the server's")
    func before() throws {
        let events = [
            server.move(.established, .closeWait, at: 1), server.move(.closeWait, .lastAck, at: 2, by: 20),
            server.move(.lastAck, .closed, at: 3),
        ]
        let connection = try only(connections(events, .forTests(listening: [8000])))
        #expect(!connection.story.openerSeen && connection.story.server == server.local)
        #expect(connection.story.firstToClose == .client && connection.server?.pid == 20)
    }

    @Test("Where events were lost, what did not come proves nothing", arguments: [false, true])
    func loss(isLossy: Bool) throws {
        var tracker = ConnectionTracker.forTests()
        for event in opening { tracker.take(event) }
        if isLossy { tracker.noteLoss(at: 5_000_000) }
        tracker.take(client.move(.established, .closed, at: 9))
        tracker.take(server.move(.established, .closed, at: 9))
        let connection = try only(tracker.connections(until: .max))
        #expect(connection.story.ending == (isLossy ? .open : .timedOut))
    }

    @Test("A socket at the address of one whose end was lost takes its place, and that is counted")
    func reuse() {
        var tracker = ConnectionTracker.forTests()
        for round in 0..<3 { for event in MadeUpSocket.opening(at: UInt64(round)) { tracker.take(event) } }
        #expect(tracker.lostEnds == 4)
        #expect(tracker.liveCount == 1)
    }

    @Test("Nothing is kept of connections that are over")
    func memory() {
        var tracker = ConnectionTracker.forTests()
        weak var kept: SocketLife?
        for round in 0..<10_000 {
            for event in MadeUpSocket.opening(at: UInt64(round) * 10) { tracker.take(event) }
            if round == 0 { kept = tracker.life(at: client.socket) }
            for event in [
                client.move(.established, .finWait1, at: UInt64(round) * 10 + 1, by: 10),
                server.move(.established, .closeWait, at: UInt64(round) * 10 + 1),
                server.move(.closeWait, .lastAck, at: UInt64(round) * 10 + 2, by: 20),
                client.move(.finWait1, .finWait2, at: UInt64(round) * 10 + 2),
                client.move(.finWait2, .closed, at: UInt64(round) * 10 + 2),
                server.move(.lastAck, .closed, at: UInt64(round) * 10 + 2),
            ] { tracker.take(event) }
        }
        #expect(tracker.connections(until: .max).count == 10_000)
        #expect(kept == nil && tracker.liveCount == 0 && !tracker.isWaiting)
    }
}
