import ChatProtocol
import TCPSockets

/// One of the places for connections: its socket, its conversation, and the bytes on their way. In churn, one
/// conversation after the other takes the place.
///
/// It belongs to one thread, and none of its methods calls back into the loop: what every answer touches goes without
/// the run-time check of overlapping access.
final class LoadConnection {
    /// Its index among all, which is its token for the poller as well.
    let number: Int
    /// nil while there is no connection.
    @exclusivity(unchecked) var socket: TCPSocket?
    @exclusivity(unchecked) var conversation: Conversation
    @exclusivity(unchecked) var decoder: FrameDecoder
    /// Tells one conversation from the next in the same place.
    @exclusivity(unchecked) var serial = 0
    /// How much of the question, or of the exit, the socket has taken.
    @exclusivity(unchecked) var sent = 0
    /// When the operation began: the question, or in churn the whole conversation.
    @exclusivity(unchecked) var started = Moment.now
    /// What the poller was asked for; nil while it does not know the socket.
    @exclusivity(unchecked) var watched: Poller.Interest?
    /// When the strategy's time is over, or when the next conversation may begin.
    var deadline: Moment?
    /// Whether it counts among those that are being opened before the run.
    var isOpening = false
    /// Whether no conversation will begin here any more.
    var isRetired = false
    /// Whether the poller has a timer for this place. There is at most one, which goes on to the next deadline.
    var hasTimer = false

    init(number: Int, conversation: Conversation, limit: Int) {
        self.number = number
        self.conversation = conversation
        decoder = FrameDecoder(from: .server, limit: limit)
    }

    /// Makes the place ready for another conversation.
    func renew(_ conversation: Conversation, limit: Int, now: Moment) {
        self.conversation = conversation
        serial += 1
        decoder = FrameDecoder(from: .server, limit: limit)
        sent = 0
        started = now
        watched = nil
        deadline = nil
    }
}
