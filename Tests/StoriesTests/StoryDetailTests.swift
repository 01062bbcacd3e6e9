import Packets
import Recordings
import Testing

@testable import Stories

@Suite("Bytes, times and beginnings in a story", .timeLimit(.minutes(5)))
struct StoryDetailTests {
    private let close = "> FA 11 11\n< FA 11 12\n> A 12 12"

    @Test("Bytes count once, and what was never acknowledged is told")
    func bytes() throws {
        let story = try #require(stories(MadeUpSegments.talk + "> PA 11 11 100\n> PA 11 11 100\n> RA 111 11").first)
        #expect(story.bytes == .init(client: 110, server: 10))
        #expect(story.unacknowledged == .init(client: 100, server: 0))
        #expect(story.retransmitted == .init(client: 1, server: 0))
    }

    @Test("A long connection's bytes are counted beyond the numbers' range")
    func manyBytes() throws {
        var text = "> S 0\n< SA 0 1\n> A 1 1\n"
        var position: UInt32 = 1
        for _ in 0..<5 {
            text += "> A \(position) 1 1000000000\n"
            position &+= 1_000_000_000
            text += "< A 1 \(position)\n"
        }
        let story = try #require(stories(text).first)
        #expect(story.bytes == .init(client: 5_000_000_000, server: 0))
        #expect(story.unacknowledged == .init(client: 0, server: 0))
    }

    @Test("Keepalive probes are no data and no retransmissions")
    func keepalives() throws {
        let probes = "> A 10 11\n< A 11 11\n> A 10 11 1\n< A 11 11\n"
        let story = try #require(stories(MadeUpSegments.talk + probes + close).first)
        #expect(story.bytes == .init(client: 10, server: 10))
        #expect(story.retransmitted == .init(client: 0, server: 0))
        #expect(story.ending == .fin)
    }

    @Test("Data in the SYN counts (RFC 7413)")
    func fastOpen() throws {
        let text = "> S 0 0 10\n< SA 0 11\n< PA 1 11 20\n> A 11 21\n< FA 21 11\n> FA 11 22\n< A 22 12"
        let story = try #require(stories(text).first)
        #expect(story.bytes == .init(client: 10, server: 20))
        #expect(story.firstToClose == .server)
        #expect(story.ending == .fin)
    }

    @Test("Where the beginning is missing, the client is a guess")
    func beginning() throws {
        let story = try #require(stories("< PA 1 11 10\n> A 11 11\n" + close).first)
        #expect(!story.openerSeen)
        #expect(story.client == MadeUpSegments.server)
        #expect(story.firstToClose == .server)
        #expect(story.bytes == .init(client: 10, server: 0))
        #expect(story.ending == .fin)
        // A SYN,ACK tells who has sent a SYN, although nobody saw it.
        let answered = try #require(stories("< SA 0 1\n> A 1 1").first)
        #expect(!answered.openerSeen)
        #expect(answered.client == MadeUpSegments.client)
    }

    @Test("Of one direction alone, little is said")
    func oneDirection() throws {
        let text = (MadeUpSegments.talk + close).split(separator: "\n").filter { $0.hasPrefix(">") }
        let story = try #require(stories(text.joined(separator: "\n")).first)
        #expect(story.directionsSeen == .client)
        #expect(story.unacknowledged == nil)
        #expect(story.timeWait == .unknown)
        #expect(story.ending == .open)
    }

    @Test("Nobody answers: open while another try may come, timed out when none came")
    func timedOut() {
        let text = "> S 0 @0\n> S 0 @1\n> S 0 @3\n> S 0 @7"
        #expect(stories(text, until: 8).map(\.ending) == [.open])
        #expect(stories(text, until: 100).map(\.ending) == [.timedOut])
        #expect(stories(text).map(\.ending) == [.open])
        let silence = MadeUpSegments.talk + "> PA 11 11 10 @1\n> PA 11 11 10 @1.2\n> PA 11 11 10 @1.6"
        #expect(stories(silence, until: 60).map(\.ending) == [.timedOut])
    }

    @Test("The same four-tuple three times: after FINs, after a RST, after no answer")
    func again() {
        let first = MadeUpSegments(MadeUpSegments.talk + close).segments
        let second = MadeUpSegments(MadeUpSegments.talk + "> RA 11 11", initial: (5_000_000, 7)).segments
        let third = MadeUpSegments("> S 0\n> S 0", initial: (9_000_000, 0)).segments
        let stories = Story.stories(of: first + second + third)
        #expect(stories.map(\.ending) == [.fin, .rst, .open])
        #expect(stories.map { $0.retransmitted?.client } == [0, 0, 1])
    }

    @Test("A SYN that reopens TIME-WAIT begins another connection; one that comes again does not")
    func reopened() {
        let text = MadeUpSegments.talk + close
        let first = MadeUpSegments(text).segments
        let copy = MadeUpSegments("> S 0").segments
        #expect(Story.stories(of: first + copy).count == 1)
        let reopening = MadeUpSegments(text, initial: (20_000, 4_000_000)).segments
        #expect(Story.stories(of: first + reopening).map(\.ending) == [.fin, .fin])
    }

    @Test("The other side may open the next one")
    func reversed() {
        let first = MadeUpSegments(MadeUpSegments.talk + close).segments
        let second = MadeUpSegments("< S 0\n> SA 0 1\n< A 1 1\n< RA 1 1", initial: (77, 99)).segments
        let stories = Story.stories(of: first + second)
        #expect(stories.map(\.client) == [MadeUpSegments.client, MadeUpSegments.server])
        #expect(stories.last?.reset?.from == .client)
    }

    @Test("SYNs that cross are one connection")
    func simultaneousOpen() {
        let stories = stories("> S 0\n< S 0\n> SA 0 1\n< SA 0 1\n> A 1 1\n< A 1 1")
        #expect(stories.count == 1)
        #expect(stories.first?.ending == .open)
    }

    @Test("A story takes as long as its segments")
    func times() {
        let story = stories(MadeUpSegments.talk + "> FA 11 11 @2.5").first
        #expect(story?.opened == 0.001)
        #expect(story.map { ($0.seconds * 1000).rounded() } == 2500)
    }
}
