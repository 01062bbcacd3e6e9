import Packets
import Recordings
import Testing

@testable import Stories

@Suite("The story of a connection, from segments that were made up", .timeLimit(.minutes(5)))
struct StoryTests {
    /// What a story comes to, in few words.
    struct Gist: Equatable, CustomStringConvertible {
        let first: String
        let ending: String
        let timeWait: String
        var reset: String?

        init(_ first: String, _ ending: String, timeWait: String, reset: String? = nil) {
            (self.first, self.ending, self.timeWait, self.reset) = (first, ending, timeWait, reset)
        }

        init(_ story: Story) {
            first = story.firstToClose.rawValue
            (ending, timeWait) = (story.ending.rawValue, story.timeWait.rawValue)
            reset = story.reset.map { "\($0.from.rawValue): \($0.cause.rawValue)" }
        }

        var description: String { "\(first), \(ending), TIME-WAIT \(timeWait)\(reset.map { ", " + $0 } ?? "")" }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let gist: Gist

        /// - Parameter end: What follows after ten bytes were asked and answered.
        init(_ name: String, after end: String, _ gist: Gist) {
            (testDescription, text, self.gist) = (name, MadeUpSegments.talk + end, gist)
        }

        init(_ name: String, all text: String, _ gist: Gist) {
            (testDescription, self.text, self.gist) = (name, text, gist)
        }
    }

    static let byFIN = [
        Case(
            "The client closes first", after: "> FA 11 11\n< A 11 12\n< FA 11 12\n> A 12 12",
            .init("client", "fin", timeWait: "client")),
        Case(
            "The server closes first", after: "< FA 11 11\n> FA 11 12\n< A 12 12",
            .init("server", "fin", timeWait: "server")),
        Case(
            "FINs that cross", after: "> FA 11 11\n< FA 11 11\n> A 12 12\n< A 12 12",
            .init("both", "fin", timeWait: "both")),
        Case(
            "FINs that cross, seen in the other order", after: "< FA 11 11\n> FA 11 11\n< A 12 12\n> A 12 12",
            .init("both", "fin", timeWait: "both")),
        Case(
            "A FIN and data that cross",
            after: "> FA 11 11\n< PA 11 11 10\n> A 12 21\n< A 21 12\n< FA 21 12\n> A 12 22",
            .init("client", "fin", timeWait: "client")),
        Case(
            "A FIN that is lost and comes again", after: "> FA 11 11\n> FA 11 11\n< FA 11 12\n> A 12 12",
            .init("client", "fin", timeWait: "client")),
        Case(
            "The second FIN comes again: the last ACK was lost",
            after: "> FA 11 11\n< FA 11 12\n> A 12 12\n< FA 11 12\n> A 12 12",
            .init("client", "fin", timeWait: "client")),
        Case(
            "Half-closed for long",
            after: "> FA 11 11\n< A 11 12\n< PA 11 12 1000\n> A 12 1011 @3600\n< FA 1011 12\n> A 12 1012",
            .init("client", "fin", timeWait: "client")),
        Case(
            "A FIN with data", after: "> PFA 11 11 5\n< FA 11 17\n> A 17 12", .init("client", "fin", timeWait: "client")
        ),
        Case(
            "A RST after both FINs, for TIME-WAIT", after: "> FA 11 11\n< FA 11 12\n> A 12 12\n< R 12",
            .init("client", "fin", timeWait: "unknown", reset: "server: no-connection")),
    ]

    static let byRST = [
        Case(
            "A RST with ACK: by a program, or a timer", after: "> RA 11 11",
            .init("client", "rst", timeWait: "none", reset: "client: unknown")),
        Case(
            "A RST for data that came after close()", after: "> FA 11 11\n< A 11 12\n< PA 11 12 10\n> R 12",
            .init("client", "rst", timeWait: "none", reset: "client: late-data")),
        Case(
            "A RST after the other side's FIN", after: "> FA 11 11\n< A 11 12\n< RA 11 12",
            .init("client", "rst", timeWait: "none", reset: "server: unknown")),
        Case(
            "A host that knows nothing of the connection any more", after: "> PA 11 11 10\n< R 11",
            .init("server", "rst", timeWait: "none", reset: "server: no-connection")),
        Case(
            "A RST in answer to the SYN", all: "> S 0\n< RA 0 1",
            .init("server", "refused", timeWait: "none", reset: "server: refused")),
        Case(
            "A RST after the SYN that its sender sent", all: "> S 0\n> R 1",
            .init("client", "rst", timeWait: "none", reset: "client: no-connection")),
        Case(
            "A RST after the handshake", all: "> S 0\n< SA 0 1\n> A 1 1\n> RA 1 1",
            .init("client", "rst", timeWait: "none", reset: "client: unknown")),
    ]

    static let unfinished = [
        Case("No end", after: "", .init("none", "open", timeWait: "none")),
        Case("One FIN", after: "> FA 11 11\n< A 11 12", .init("client", "open", timeWait: "none")),
        Case(
            "Both FINs, the last ACK is missing", after: "> FA 11 11\n< A 11 12\n< FA 11 12",
            .init("client", "open", timeWait: "client")),
        Case("A SYN", all: "> S 0", .init("none", "open", timeWait: "none")),
    ]

    @Test("Who closed first, how, and who holds TIME-WAIT", arguments: byFIN + byRST + unfinished)
    func gist(_ example: Case) throws {
        let stories = stories(example.text)
        #expect(stories.map(Gist.init) == [example.gist])
        let story = try #require(stories.first)
        #expect(story.client == MadeUpSegments.client)
        #expect(story.openerSeen)
    }

    @Test("The same for numbers that wrap, wherever they do", arguments: byFIN + byRST + unfinished)
    func wrapping(_ example: Case) {
        for offset: UInt32 in 0...25 {
            for initial in [(0 &- offset, 5), (5, 0 &- offset), (0x8000_0000 - offset, 0 &- offset)]
                as [(UInt32, UInt32)]
            {
                #expect(stories(example.text, initial: initial) == stories(example.text))
            }
        }
    }

    @Test("Of what segments do not tell there are candidates")
    func candidates() {
        let reset = stories(MadeUpSegments.talk + "> RA 11 11").first?.reset
        #expect(reset?.candidates == [.lingerZero, .unreadData, .disconnect, .keepalive])
        #expect(reset?.knownFrom == .segments)
    }

    @Test("What the kernel was asked for is said as the kernel's")
    func known() {
        var history: ConnectionHistory?
        for (segment, time) in MadeUpSegments(MadeUpSegments.talk + "> RA 11 11").segments {
            if history == nil {
                history = ConnectionHistory(segment, at: time)
            } else {
                history?.add(segment, at: time)
            }
        }
        let story = history?.story(timeWait: Outcome.Holder.none, cause: (.lingerZero, reason: "TCPAbortOnData"))
        #expect(
            story?.reset == .init(from: .client, cause: .lingerZero, reason: "TCPAbortOnData", knownFrom: .kernel))
        #expect(story?.timeWaitSeen == true)
    }
}
