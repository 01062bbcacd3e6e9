import TCPSockets

/// What one connection has to do next, decided without a socket: the loop tells it what happened and carries out what
/// it answers.
///
///     connecting → asking → listening → leaving → (pausing | awaiting the server's end) → over
///                     ↑_________|  persistent, as long as the run goes on
///
/// A close strategy that waits is a state here and not a blocking call, so that the other connections go on meanwhile.
struct LoadConversation: Equatable, Sendable {
    enum Phase: Equatable, Sendable {
        case connecting
        /// Connected, and waiting for all others to be.
        case opened
        /// The question is not sent to its end.
        case asking
        case listening
        /// The exit is not sent to its end.
        case leaving
        /// `delay`: time passes.
        case pausing
        /// `passive` and `half-close`: the server's FIN is awaited.
        case awaitingEnd
        case over
    }

    enum Action: Equatable, Sendable {
        case nothing
        case ask
        /// Send the exit.
        case leave
        /// Wait for the delay, and look at nothing meanwhile.
        case pause
        /// Wait for the server's FIN.
        case awaitEnd
        /// Send FIN, then wait for the server's.
        case shutdownAndAwaitEnd
        /// Close by the strategy: the conversation is complete.
        case close
        /// Give the connection up.
        case fail(LoadFailure)
    }

    let mode: LoadConfiguration.Mode
    let strategy: CloseStrategy
    private(set) var phase = Phase.connecting

    init(mode: LoadConfiguration.Mode, strategy: CloseStrategy) {
        self.mode = mode
        self.strategy = strategy
    }

    /// Whether exit may wait for the FIN that follows it, so that both are one segment and this side is the first to
    /// close however quick the server is. Before a RST it would be dropped with everything unsent, and strategies that
    /// give the server time to close must say exit first.
    var exitWaitsForFIN: Bool {
        switch strategy {
        case .active, .linger, .dontLinger, .halfClose: true
        case .delay, .passive, .reset, .unread, .abandon, .disconnect: false
        }
    }

    mutating func connected() -> Action {
        guard phase == .connecting else { return .nothing }
        guard mode == .churn else {
            phase = .opened
            return .nothing
        }
        phase = .asking
        return .ask
    }

    /// The run begins.
    mutating func begin() -> Action {
        guard phase == .opened else { return .nothing }
        phase = .asking
        return .ask
    }

    mutating func questionSent() {
        phase = .listening
    }

    /// - Parameter goesOn: Whether the run still goes on.
    mutating func answered(goesOn: Bool) -> Action {
        guard phase == .listening else { return fail(.protocolBroken("an answer to no question")) }
        guard mode == .persistent, goesOn else { return leave() }
        phase = .asking
        return .ask
    }

    /// The run is over: what waits for its beginning leaves, and what waits for an answer leaves with it.
    mutating func runEnded() -> Action {
        switch phase {
        case .connecting: fail(.unfinished)
        case .opened: leave()
        default: .nothing
        }
    }

    private mutating func leave() -> Action {
        phase = .leaving
        return .leave
    }

    mutating func exitSent() -> Action {
        switch strategy {
        case .active, .linger, .dontLinger, .reset, .unread, .abandon, .disconnect:
            phase = .over
            return .close
        case .delay:
            phase = .pausing
            return .pause
        case .passive:
            phase = .awaitingEnd
            return .awaitEnd
        case .halfClose:
            phase = .awaitingEnd
            return .shutdownAndAwaitEnd
        }
    }

    /// The time that the strategy allows is over.
    mutating func timeIsUp() -> Action {
        switch phase {
        case .pausing:
            phase = .over
            return .close
        case .awaitingEnd: return fail(.serverDidNotClose)
        default: return .nothing
        }
    }

    /// The server's FIN has come.
    mutating func endOfStream(atBoundary: Bool) -> Action {
        guard phase == .awaitingEnd else { return fail(atBoundary ? .endOfStream : .truncated) }
        phase = .over
        return .close
    }

    mutating func fail(_ failure: LoadFailure) -> Action {
        guard phase != .over else { return .nothing }
        phase = .over
        return .fail(failure)
    }
}
