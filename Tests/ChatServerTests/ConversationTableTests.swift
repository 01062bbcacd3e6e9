import ChatProtocol
import Testing

@testable import ChatServer

/// An event in a phase: what is to be done, and the phase that follows.
struct Transition: CustomTestStringConvertible {
    let from: Conversation.Phase
    let action: Conversation.Action
    let to: Conversation.Phase

    init(_ from: Conversation.Phase, _ action: Conversation.Action, _ to: Conversation.Phase) {
        self.from = from
        self.action = action
        self.to = to
    }

    var testDescription: String { "\(from)" }

    func check(_ event: (inout Conversation) -> Conversation.Action) {
        var conversation = conversation(in: from)
        #expect(event(&conversation) == action)
        #expect(conversation.phase == to)
    }
}

@Suite("In every phase of a conversation", .timeLimit(.minutes(5)))
struct ConversationTableTests {
    private static let stopping = "no more questions are accepted"

    @Test(
        "the client's FIN ends it for the reason that came first",
        arguments: [
            Transition(.listening, .close(.peer(.endOfStream)), .over),
            Transition(.refused(.busy), .close(.server(.busy)), .over),
            Transition(.awaitingPeer, .close(.peer(.exit)), .over),
        ])
    func endOfStream(_ transition: Transition) {
        transition.check { $0.endOfStream(atBoundary: true) }
    }

    @Test(
        "a lost connection is dropped; after an error frame the error stays the reason, and after exit exit",
        arguments: [
            Transition(.listening, .drop(.peer(.reset)), .over),
            Transition(.answering, .drop(.peer(.reset)), .over),
            Transition(.refused(.notAllowed), .drop(.server(.notAllowed)), .over),
            Transition(.awaitingPeer, .drop(.peer(.exit)), .over),
        ])
    func lost(_ transition: Transition) {
        transition.check { $0.lost(timedOut: false) }
    }

    @Test(
        "silence is refused where the client was to speak or to close, or the answerer to answer",
        arguments: [
            Transition(.listening, .refuse(.idleTooLong, "no question came in time"), .refused(.idleTooLong)),
            Transition(.answering, .refuse(.answererFailed, "no answer came in time"), .refused(.answererFailed)),
            Transition(.awaitingPeer, .drop(.server(.idleTooLong)), .over),
            Transition(.refused(.busy), .nothing, .refused(.busy)),
            Transition(.leaked, .nothing, .leaked),
            Transition(.over, .nothing, .over),
        ])
    func idle(_ transition: Transition) {
        transition.check { $0.idle() }
    }

    @Test(
        "patience ends only for a client that has got an error frame",
        arguments: [
            Transition(.refused(.busy), .drop(.server(.busy)), .over),
            Transition(.listening, .nothing, .listening),
            Transition(.answering, .nothing, .answering),
            Transition(.awaitingPeer, .nothing, .awaitingPeer),
            Transition(.leaked, .nothing, .leaked),
            Transition(.over, .nothing, .over),
        ])
    func patienceEnded(_ transition: Transition) {
        transition.check { $0.patienceEnded() }
    }

    @Test(
        "a draining server waits for an answer in hand and for nothing else",
        arguments: [
            Transition(.listening, .refuse(.shuttingDown, stopping), .refused(.shuttingDown)),
            Transition(.answering, .nothing, .answering),
            Transition(.refused(.busy), .nothing, .refused(.busy)),
            Transition(.awaitingPeer, .drop(.server(.shuttingDown)), .over),
            Transition(.leaked, .drop(.server(.shuttingDown)), .over),
            Transition(.over, .nothing, .over),
        ])
    func drain(_ transition: Transition) {
        transition.check { $0.drain() }
    }

    @Test("the answer in hand is the last one of a draining server")
    func drainThenAnswer() {
        var conversation = conversation(in: .answering)
        #expect(conversation.drain() == .nothing)
        #expect(conversation.answered() == .refuse(.shuttingDown, Self.stopping))
        #expect(conversation.phase == .refused(.shuttingDown))
    }

    @Test(
        "the end of the drain time drops it",
        arguments: [Conversation.Phase.listening, .answering, .refused(.busy), .awaitingPeer, .leaked])
    func abort(_ phase: Conversation.Phase) {
        Transition(phase, .drop(.server(.shuttingDown)), .over).check { $0.abort() }
    }
}
