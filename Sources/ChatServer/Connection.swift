internal import ChatProtocol
internal import TCPSockets

/// A client's connection: its socket, its conversation, and the bytes on their way.
final class Connection {
    let token: Poller.Token
    let client: Endpoint
    /// nil once it is closed.
    var socket: TCPSocket?
    var conversation: Conversation
    var decoder: FrameDecoder
    /// The question that is with the answerer.
    var question: String?
    var coProcess: CoProcess?

    /// Whether it was let in, and so counts among the clients.
    var isServed = false

    /// Bytes that the socket has not taken yet.
    var unsent: [UInt8] = []
    /// Whether the poller was told to say when there is room again.
    var awaitsRoom = false
    /// Whether the receive queue may hold something: true from an event until a read comes up short.
    var mayHaveInput = true
    /// Whether FIN or RST was announced, so that reading must go on to its end.
    var mayHaveEnd = false
    /// Set when the conversation is over but for sending what is unsent.
    var departure: Departure?
    /// Whether the sending side is to be shut down once everything is sent.
    var shutsDownSending = false
    /// When the last whole frame came, or something was sent. A byte now and then is no activity.
    var lastActivity: ContinuousClock.Instant

    init(
        socket: consuming TCPSocket, token: Poller.Token, client: Endpoint,
        configuration: ServerConfiguration, now: ContinuousClock.Instant
    ) {
        self.socket = consume socket
        self.token = token
        self.client = client
        conversation = Conversation(closeOrder: configuration.closeOrder)
        decoder = FrameDecoder(from: .client, limit: configuration.maximumFrame)
        lastActivity = now
    }
}
