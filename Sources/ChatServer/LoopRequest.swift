import TCPSockets

/// What other threads ask of an event loop, through its mailbox.
enum LoopRequest: Sendable {
    /// The operator's answer to the question of a connection.
    case answer(connection: Poller.Token, text: String)
    case answererFailed(connection: Poller.Token, reason: String)
    /// Stop accepting, finish what is in hand, and end at the latest then.
    case drain(deadline: Moment)
}
