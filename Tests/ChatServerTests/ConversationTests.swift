import ChatProtocol
import Testing

@testable import ChatServer

@Suite("A conversation", .timeLimit(.minutes(5)))
struct ConversationTests {
    @Test("answers one question at a time: while one is with the answerer nothing is decoded or read")
    func questions() {
        var conversation = Conversation(closeOrder: .first)
        for _ in 0..<2 {
            #expect(conversation.takesMessages && conversation.reads && !conversation.discards)
            #expect(conversation.received(.question) == .ask)
            #expect(conversation.phase == .answering)
            #expect(!conversation.takesMessages && !conversation.reads && !conversation.discards)
            #expect(conversation.answered() == .nothing)
            #expect(conversation.phase == .listening)
        }
    }

    @Test("closes at once upon exit where the server closes first")
    func closesFirst() {
        var conversation = Conversation(closeOrder: .first)
        #expect(conversation.received(.exit) == .close(.peer(.exit)))
        #expect(conversation.phase == .over)
        #expect(!conversation.reads)
    }

    @Test("waits upon exit for the client's FIN where the server closes last, and forgets what still comes")
    func closesLast() {
        var conversation = Conversation(closeOrder: .last)
        #expect(conversation.received(.exit) == .nothing)
        #expect(conversation.phase == .awaitingPeer)
        #expect(conversation.discards)
        #expect(conversation.endOfStream(atBoundary: true) == .close(.peer(.exit)))
        #expect(conversation.phase == .over)
    }

    @Test("leaves the socket open upon exit where the server never closes")
    func neverCloses() {
        var conversation = Conversation(closeOrder: .never)
        #expect(conversation.received(.exit) == .leak)
        #expect(conversation.phase == .leaked)
        #expect(!conversation.reads && !conversation.takesMessages)
    }

    @Test("ends in one of five ways, and none is taken for another")
    func endings() {
        #expect(state(.listening) { $0.received(.exit) } == .close(.peer(.exit)))
        #expect(state(.listening) { $0.endOfStream(atBoundary: true) } == .close(.peer(.endOfStream)))
        #expect(state(.listening) { $0.endOfStream(atBoundary: false) } == .close(.peer(.truncated)))
        #expect(state(.listening) { $0.lost(timedOut: false) } == .drop(.peer(.reset)))
        #expect(state(.listening) { $0.lost(timedOut: true) } == .drop(.peer(.timedOut)))
    }

    @Test("refuses what only a server sends", arguments: [Kind.answer, .error, .padding, .challenge])
    func outOfPlace(_ kind: Kind) {
        var conversation = Conversation(closeOrder: .first)
        #expect(conversation.received(kind) == .refuse(.outOfPlace, "only a server sends that"))
        #expect(conversation.phase == .refused(.outOfPlace))
    }

    @Test("refuses a proof that it has not asked for, before the first question and later")
    func unaskedProof() {
        var conversation = Conversation(closeOrder: .first)
        let refusal = Conversation.Action.refuse(.outOfPlace, "a frame of kind proof that nothing asked for")
        #expect(conversation.received(.proof) == refusal)
        conversation = Conversation(closeOrder: .first)
        _ = conversation.received(.question)
        _ = conversation.answered()
        #expect(conversation.received(.proof) == refusal)
        #expect(conversation.phase == .refused(.outOfPlace))
    }

    @Test(
        "refuses a broken protocol with its code and in words",
        arguments: [
            ProtocolError.emptyFrame, .frameTooLarge(length: 2, limit: 1), .unknownKind(9), .notUTF8(.question),
            .wrongRole(.answer), .malformedBody(.exit),
        ])
    func violated(_ error: ProtocolError) {
        var conversation = Conversation(closeOrder: .first)
        #expect(conversation.violated(error) == .refuse(error.code, error.description))
        #expect(conversation.phase == .refused(error.code))
        #expect(conversation.discards)
    }

    @Test("refuses when the answerer has failed")
    func answererFailed() {
        #expect(state(.answering) { $0.answererFailed("it died") } == .refuse(.answererFailed, "it died"))
    }

    @Test("says in words how it ended")
    func closeReasons() {
        #expect(CloseReason.peer(.truncated).description == "truncated")
        #expect(CloseReason.server(.busy).description == "refused: busy")
    }
}

/// What an event does in a phase.
func state(_ phase: Conversation.Phase, _ event: (inout Conversation) -> Conversation.Action) -> Conversation.Action {
    var conversation = conversation(in: phase)
    return event(&conversation)
}

/// A conversation that has come to a phase the way it does in life.
func conversation(in phase: Conversation.Phase) -> Conversation {
    let order: ServerConfiguration.CloseOrder =
        switch phase {
        case .awaitingPeer: .last
        case .leaked: .never
        default: .first
        }
    let challenges = [.proving, .disbelieved].contains(phase)
    var conversation = Conversation(closeOrder: order, challenges: challenges)
    switch phase {
    case .listening, .proving: break
    case .disbelieved: conversation.disbelieve()
    case .answering: _ = conversation.received(.question)
    case .refused(let code): _ = conversation.refuse(code, "")
    case .awaitingPeer, .leaked, .over: _ = conversation.received(.exit)
    }
    #expect(conversation.phase == phase)
    return conversation
}
