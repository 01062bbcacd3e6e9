internal import ChatProtocol
internal import TCPSockets

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
    var coProcess: CoProcess?

    /// Whether it was let in, and so counts among the clients.
    var isServed = false

    /// Bytes that the socket has not taken yet.
    @exclusivity(unchecked) var unsent: [UInt8] = []
    /// Whether the poller was told to say when there is room again.
    var awaitsRoom = false
    /// Whether the receive queue may hold something: true from an event until a read comes up short.
    @exclusivity(unchecked) var mayHaveInput = true
    /// Whether FIN or RST was announced, so that reading must go on to its end.
    var mayHaveEnd = false
    /// Set when the conversation is over but for sending what is unsent.
    var departure: Departure?
    /// Whether the sending side is to be shut down once everything is sent.
    var shutsDownSending = false
    /// When the last whole frame came, or something was sent. A byte now and then is no activity.
    var lastActivity: Moment

    init(
        socket: consuming TCPSocket, token: Poller.Token, client: Endpoint,
        conversation: Conversation, decoder: FrameDecoder, now: Moment
    ) {
        self.socket = consume socket
        self.token = token
        self.client = client
        self.conversation = conversation
        self.decoder = decoder
        lastActivity = now
    }
}
