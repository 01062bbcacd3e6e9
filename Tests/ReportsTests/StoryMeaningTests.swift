import Recordings
import TCPSockets
import Testing

@testable import Reports
@testable import Stories

@Suite("What the story of a connection means")
struct StoryMeaningTests {
    private func meaning(
        _ first: Outcome.Holder, _ ending: Story.Ending, _ timeWait: Story.TimeWait, reset: Story.Reset? = nil,
        _ fill: (inout StoryMeaning.Known) -> Void = { _ in }
    ) -> StoryMeaning {
        let client = Endpoint(IPAddress(family: .v4, bits: 0xC000_0201), port: 40000)
        let server = Endpoint(IPAddress(family: .v4, bits: 0xC000_0202), port: 8000)
        let story = Story(
            client: client, server: server, openerSeen: true, opened: 0, seconds: 1, firstToClose: first,
            ending: ending,
            timeWait: timeWait, timeWaitSeen: true, reset: reset, bytes: nil, unacknowledged: nil, retransmitted: nil,
            directionsSeen: .both)
        var known = StoryMeaning.Known()
        fill(&known)
        return StoryMeaning(story, known)
    }

    @Test("TIME-WAIT at the client costs a port, and at a rate all of them")
    func client() {
        let meaning = meaning(.client, .fin, .client) {
            ($0.ports, $0.timeWaitSeconds, $0.keptSocket) = (28_232, 60, false)
        }
        #expect(
            meaning.forClient?.hasPrefix(
                "Port 40000 is not free for 192.0.2.2:8000: bind() to it fails with EADDRINUSE for 60 s") == true)
        #expect(meaning.forClient?.contains("more than 470 connections a second") == true)
        #expect(meaning.forServer == "Nothing of this connection prevents a restart.")
        #expect(meaning.strategy == "Like chat-client --close active: close() before the server's FIN came.")
    }

    @Test("TIME-WAIT at the server costs a restart, unless its listener has SO_REUSEADDR")
    func server() {
        func told(_ reuses: Bool?) -> StoryMeaning { meaning(.server, .fin, .server) { $0.reusesAddress = reuses } }
        #expect(told(true).forServer?.hasSuffix("A restart succeeds at once: the listener has SO_REUSEADDR.") == true)
        #expect(told(false).forServer?.contains("bind() fails with EADDRINUSE") == true)
        #expect(told(false).advice?.hasPrefix("Set SO_REUSEADDR before the server's bind().") == true)
        #expect(told(nil).forServer?.hasSuffix("A restart in that time needs SO_REUSEADDR, set before bind().") == true)
        #expect(told(nil).forClient == "The client's port is free at once.")
        #expect(told(nil).strategy?.hasPrefix("Like chat-client --close passive") == true)
    }

    @Test("Which of two ways it was is told where that was seen")
    func half() {
        #expect(
            meaning(.client, .fin, .client) { $0.keptSocket = true }.strategy?.hasPrefix(
                "Like chat-client --close half-close") == true)
        #expect(
            meaning(.client, .fin, .client).strategy
                == "Like chat-client --close active, or half-close: the recording does not say which.")
        #expect(meaning(.none, .refused, .none).strategy == nil)
    }

    @Test("What to do after a RST depends on why it was sent")
    func resets() {
        func advice(_ cause: ResetCause) -> String? {
            meaning(.client, .rst, .none, reset: .init(from: .client, cause: cause, knownFrom: .kernel)).advice
        }
        #expect(advice(.unreadData)?.hasPrefix("Read until recv() returns 0, then close()") == true)
        #expect(advice(.lingerZero)?.hasPrefix("Do not set SO_LINGER {on, 0}") == true)
        #expect(advice(.lateData)?.contains("shutdown(SHUT_WR)") == true)
        #expect(advice(.unknown) == nil)
    }

    @Test("A program that does not close is named; while nobody has closed, nothing is claimed")
    func open() {
        let leak = meaning(.client, .open, .none) { known in
            known.server = "leaky"
            known.states = (.finWait2, .closeWait)
        }
        #expect(leak.advice?.hasPrefix("leaky has had the other side's FIN and has not called close()") == true)
        let idle = meaning(.none, .open, .none)
        #expect([idle.forClient, idle.forServer, idle.strategy, idle.advice] == [nil, nil, nil, nil])
    }
}
