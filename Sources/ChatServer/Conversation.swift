import ChatProtocol

/// One conversation as the server sees it: what may come, what it means, what to do. It has no socket and no
/// clock; each method tells the owner of those what to do next.
struct Conversation {
    enum Phase: Equatable {
        /// A challenge went out, and the client is to prove who it is.
        case proving
        /// The proof was wrong; the client is told later.
        case disbelieved
        /// It is the client's turn.
        case listening
        /// A question is with the answerer.
        case answering
        /// An error frame went out; what still comes is read and forgotten until the client's FIN.
        case refused(ErrorCode)
        /// `exit` came, and the client is to close first.
        case awaitingPeer
        /// `exit` came, and nobody will ever close.
        case leaked
        case over
    }

    /// What to do next.
    enum Action: Equatable {
        case nothing
        /// Get an answer to the question that came, then call `answered`.
        case ask
        /// Look at the proof that came, then call `proved` or `disbelieve`.
        case verify
        /// Send an error frame, shut down the sending side, and close after the client has, or after a second.
        case refuse(ErrorCode, String)
        /// Leave the socket open for good.
        case leak
        /// Close, once everything is sent.
        case close(CloseReason)
        /// Close at once: there is nobody, or no time, to send anything to.
        case drop(CloseReason)
    }

    private(set) var phase: Phase
    private var isDraining = false
    private let closeOrder: ServerConfiguration.CloseOrder

    /// - Parameter challenges: Whether the client is asked who it is.
    init(closeOrder: ServerConfiguration.CloseOrder, challenges: Bool = false) {
        phase = challenges ? .proving : .listening
        self.closeOrder = closeOrder
    }

    /// Whether the next message may be decoded: one question at a time, so that answers keep their order.
    var takesMessages: Bool { phase == .listening || phase == .proving }

    /// Whether the stream is read, be it only to see its end.
    var reads: Bool {
        switch phase {
        case .listening, .proving, .refused, .awaitingPeer: true
        case .answering, .disbelieved, .leaked, .over: false
        }
    }

    /// Whether bytes are read only to be forgotten.
    var discards: Bool { reads && !takesMessages }

    /// A whole frame came. What it means depends on its kind alone.
    mutating func received(_ kind: Kind) -> Action {
        switch kind {
        case .question where phase == .proving:
            return refuse(.notAllowed, "this server asks who you are: send a proof before the first question")
        case .question:
            phase = .answering
            return .ask
        case .exit:
            switch closeOrder {
            case .first: return close(.peer(.exit))
            case .last:
                phase = .awaitingPeer
                return .nothing
            case .never:
                phase = .leaked
                return .leak
            }
        case .proof where phase == .proving: return .verify
        // No challenge was sent, or it has been answered.
        case .proof: return violated(.untimely(.proof))
        case .answer, .error, .padding, .challenge:
            // The decoder refuses these before they get here.
            return refuse(.outOfPlace, "only a server sends that")
        }
    }

    /// The client is who it says.
    mutating func proved() { phase = .listening }

    /// The proof was wrong: call `tellDisbelief` when its answer has waited long enough.
    mutating func disbelieve() { phase = .disbelieved }

    /// One text for an unknown name and a wrong code: it tells nobody which names there are.
    mutating func tellDisbelief() -> Action {
        phase == .disbelieved ? refuse(.notAllowed, "unknown name or wrong key") : .nothing
    }

    mutating func violated(_ error: ProtocolError) -> Action {
        refuse(error.code, error.description)
    }

    /// The answer is on its way to the client.
    mutating func answered() -> Action {
        phase = .listening
        return isDraining ? refuse(.shuttingDown, "no more questions are accepted") : .nothing
    }

    mutating func answererFailed(_ reason: String) -> Action {
        refuse(.answererFailed, reason)
    }

    /// The client's FIN came.
    ///
    /// - Parameter atBoundary: Whether it came between two frames.
    mutating func endOfStream(atBoundary: Bool) -> Action {
        switch phase {
        case .refused(let code): close(.server(code))
        case .awaitingPeer: close(.peer(.exit))
        default: close(.peer(atBoundary ? .endOfStream : .truncated))
        }
    }

    /// The connection is gone: by a RST, or because the peer was not heard of any more.
    mutating func lost(timedOut: Bool) -> Action {
        switch phase {
        case .refused(let code): drop(.server(code))
        // An exit that was read stays an exit.
        case .awaitingPeer: drop(.peer(.exit))
        default: drop(.peer(timedOut ? .timedOut : .reset))
        }
    }

    /// The client has said nothing for too long.
    mutating func idle() -> Action {
        switch phase {
        case .proving: refuse(.idleTooLong, "no proof came in time")
        case .listening: refuse(.idleTooLong, "no question came in time")
        case .answering: refuse(.answererFailed, "no answer came in time")
        case .awaitingPeer: drop(.server(.idleTooLong))
        case .disbelieved, .refused, .leaked, .over: .nothing
        }
    }

    /// The client has had its second after an error frame.
    mutating func patienceEnded() -> Action {
        guard case .refused(let code) = phase else { return .nothing }
        return drop(.server(code))
    }

    /// The server is to end: an answer in hand is waited for, and nothing else.
    mutating func drain() -> Action {
        isDraining = true
        switch phase {
        case .listening, .proving, .disbelieved: return refuse(.shuttingDown, "no more questions are accepted")
        case .awaitingPeer, .leaked: return drop(.server(.shuttingDown))
        case .answering, .refused, .over: return .nothing
        }
    }

    /// The time for draining is over.
    mutating func abort() -> Action {
        drop(.server(.shuttingDown))
    }

    mutating func refuse(_ code: ErrorCode, _ reason: String) -> Action {
        phase = .refused(code)
        return .refuse(code, reason)
    }

    private mutating func close(_ reason: CloseReason) -> Action {
        phase = .over
        return .close(reason)
    }

    private mutating func drop(_ reason: CloseReason) -> Action {
        phase = .over
        return .drop(reason)
    }
}
