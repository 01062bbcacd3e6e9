import TCPSockets
import Testing

@testable import ChatLoad

@Suite("What a conversation of chat-load does next")
struct LoadConversationTests {
    private func listening(_ mode: LoadConfiguration.Mode, _ strategy: CloseStrategy) -> LoadConversation {
        var conversation = LoadConversation(mode: mode, strategy: strategy)
        _ = conversation.connected()
        _ = conversation.begin()
        conversation.questionSent()
        return conversation
    }

    @Test("In churn it asks as soon as it is connected; a persistent one waits for the beginning")
    func beginning() {
        var churn = LoadConversation(mode: .churn, strategy: .active)
        #expect(churn.connected() == .ask)
        var persistent = LoadConversation(mode: .persistent, strategy: .active)
        #expect(persistent.connected() == .nothing)
        #expect(persistent.phase == .opened)
        #expect(persistent.begin() == .ask)
    }

    @Test("An answer is followed by the next question, or when the run is over, by the exit")
    func persistent() {
        var conversation = listening(.persistent, .active)
        #expect(conversation.answered(goesOn: true) == .ask)
        conversation.questionSent()
        #expect(conversation.answered(goesOn: false) == .leave)
        #expect(conversation.exitSent() == .close)
        #expect(conversation.phase == .over)
    }

    static let endings: [(CloseStrategy, LoadConversation.Action)] = [
        (.active, .close), (.delay, .pause), (.passive, .awaitEnd), (.halfClose, .shutdownAndAwaitEnd),
        (.linger, .close), (.dontLinger, .close), (.reset, .close), (.unread, .close), (.abandon, .close),
        (.disconnect, .close),
    ]

    @Test("After the exit each strategy has its way", arguments: endings)
    func afterExit(_ strategy: CloseStrategy, _ action: LoadConversation.Action) {
        var conversation = listening(.churn, strategy)
        #expect(conversation.answered(goesOn: true) == .leave)
        #expect(conversation.exitSent() == action)
    }

    @Test("The list of endings is complete")
    func allStrategies() {
        #expect(Set(Self.endings.map(\.0)) == Set(CloseStrategy.allCases))
    }

    @Test("The exit waits for the FIN only where a FIN follows at once")
    func exitAndFIN() {
        let waiting = CloseStrategy.allCases.filter { LoadConversation(mode: .churn, strategy: $0).exitWaitsForFIN }
        #expect(Set(waiting) == [.active, .linger, .dontLinger, .halfClose])
    }

    @Test("delay closes when its time is up, and not before")
    func delay() {
        var conversation = listening(.churn, .delay)
        #expect(conversation.timeIsUp() == .nothing)
        _ = conversation.answered(goesOn: true)
        _ = conversation.exitSent()
        #expect(conversation.timeIsUp() == .close)
    }

    @Test(
        "What waits for the server's FIN closes with it, and fails without it",
        arguments: [CloseStrategy.passive, .halfClose])
    func waiting(_ strategy: CloseStrategy) {
        var conversation = listening(.churn, strategy)
        _ = conversation.answered(goesOn: true)
        _ = conversation.exitSent()
        var other = conversation
        #expect(conversation.endOfStream(atBoundary: true) == .close)
        #expect(other.timeIsUp() == .fail(.serverDidNotClose))
    }

    @Test("A server that closes before its answer is a failure, and which one depends on where")
    func ends() {
        var conversation = listening(.churn, .active)
        #expect(conversation.endOfStream(atBoundary: true) == .fail(.endOfStream))
        conversation = listening(.churn, .active)
        #expect(conversation.endOfStream(atBoundary: false) == .fail(.truncated))
    }

    @Test("Only the first failure of a conversation counts")
    func failsOnce() {
        var conversation = listening(.churn, .active)
        #expect(conversation.fail(.truncated) == .fail(.truncated))
        #expect(conversation.fail(.endOfStream) == .nothing)
        #expect(conversation.timeIsUp() == .nothing)
    }

    @Test("An answer that nobody asked for breaks the protocol")
    func unasked() {
        var conversation = LoadConversation(mode: .persistent, strategy: .active)
        _ = conversation.connected()
        guard case .fail(.protocolBroken) = conversation.answered(goesOn: true) else {
            Issue.record("taken for an answer")
            return
        }
    }

    @Test("When the run ends, what has not begun leaves, and what waits for its answer goes on")
    func runEnds() {
        var opened = LoadConversation(mode: .persistent, strategy: .active)
        _ = opened.connected()
        #expect(opened.runEnded() == .leave)
        var asked = listening(.persistent, .active)
        #expect(asked.runEnded() == .nothing)
    }
}
