import ChatProtocol
import TCPSockets

/// A client's connection: its socket, its conversation, and the bytes on their way.
///
/// It belongs to one event loop and so to one thread, and no method of these properties calls back into the loop. So
/// there is nothing for the run-time check of overlapping access to find, and those that every answer touches go
/// without: in a profile it was about a fifth of what an answer cost outside the kernel.
final class Connection {
    let token: Poller.Token
    let client: Endpoint
    /// nil once it is closed.
    @exclusivity(unchecked) var socket: TCPSocket?
    @exclusivity(unchecked) var conversation: Conversation
    @exclusivity(unchecked) var decoder: FrameDecoder
    /// The question that is with the answerer.
    var question: String?
    /// When that question came.
    var askedAt: Moment
    var coProcess: CoProcess?
    /// When it is looked at next whether the process has taken the question; and how long after that again.
    var holdsUntil: Moment?
    var holdInterval = CoProcess.quietTime
    /// Whether its process has ended by itself: it gets no other one, which would know nothing of the questions before.
    var hasLostCoProcess = false

    /// Whether it was let in, and so counts among the clients.
    var isServed = false

    /// Answers whose entries the transcript has no room for yet; neither is anything read meanwhile.
    @exclusivity(unchecked) var withheld: Withheld?
    /// Bytes that the socket has not taken yet.
    @exclusivity(unchecked) var unsent: [UInt8] = []
    /// Whether the poller was told to say when there is room again.
    var awaitsRoom = false
    /// Whether the receive queue may hold something: true from an event until a read comes up short.
    @exclusivity(unchecked) var mayHaveInput = true
    /// Whether FIN or RST was announced, so that reading must go on to its end.
    @exclusivity(unchecked) var mayHaveEnd = false
    /// Set when the conversation is over but for sending what is unsent.
    @exclusivity(unchecked) var departure: Departure?
    /// Whether the sending side is to be shut down once everything is sent.
    @exclusivity(unchecked) var shutsDownSending = false
    /// What the peer had not acknowledged when that was last looked at, after an error frame.
    var unacknowledged = 0
    /// How long its close may wait for the peer to acknowledge everything (`--linger`); nil while it is not closing.
    var lingersUntil: Moment?
    /// Whether it is looked at now and then if a client that has sent FIN still waits for its answer.
    var isProbed = false
    /// Whether it stands in the loop's list of those that have more to do.
    @exclusivity(unchecked) var isUnfinished = false
    /// When the last whole frame came, or something was sent. A byte now and then is no activity.
    @exclusivity(unchecked) var lastActivity: Moment

    struct Withheld {
        /// What is left to be recorded.
        var entries: [UInt8]
        var answers: [UInt8]
    }

    init(
        socket: consuming TCPSocket, token: Poller.Token, client: Endpoint,
        conversation: Conversation, decoder: FrameDecoder, now: Moment
    ) {
        self.socket = consume socket
        self.token = token
        self.client = client
        self.conversation = conversation
        self.decoder = decoder
        (lastActivity, askedAt) = (now, now)
    }
}
