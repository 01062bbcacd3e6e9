import ChatProtocol
import TCPSockets

/// A client's connection: its socket, its conversation, and the bytes on their way.
///
/// It belongs to one event loop and so to one thread, and no method of these properties calls back into the loop. So
/// there is nothing for the run-time check of overlapping access to find, and those that every answer touches go
/// without: in a profile it was about a fifth of what an answer cost outside the kernel.
final class ClientConnection {
    let token: Poller.Token
    let client: Endpoint
    /// Whether it was let in, and so counts among the clients.
    let isServed: Bool
    /// What it was asked to prove who it is with, until it has answered: a challenge is used once.
    var challenge: Challenge?
    /// Who it is, once that is proved.
    var name: String?
    /// nil once it is closed.
    @exclusivity(unchecked) private(set) var socket: TCPSocket?
    @exclusivity(unchecked) var conversation: Conversation
    @exclusivity(unchecked) private var decoder: FrameDecoder
    /// What is with the answerer, and who that is.
    @exclusivity(unchecked) var pending: PendingAnswer

    /// Answers whose entries the transcript has no room for yet; neither is anything read meanwhile.
    @exclusivity(unchecked) var withheld: Withheld?
    /// Bytes that the socket has not taken yet.
    @exclusivity(unchecked) private(set) var unsent: [UInt8] = []
    /// Whether the poller was told to say when there is room again.
    private var awaitsRoom = false
    /// Whether the receive queue may hold something: true from an event until a read comes up short.
    @exclusivity(unchecked) private(set) var mayHaveInput = true
    /// Whether FIN or RST was announced, so that reading must go on to its end.
    @exclusivity(unchecked) private(set) var mayHaveEnd = false
    /// Set when the conversation is over but for sending what is unsent.
    @exclusivity(unchecked) var closeReason: CloseReason?
    /// Whether the sending side is to be shut down once everything is sent.
    @exclusivity(unchecked) var shutsDownSending = false
    /// After an error frame.
    private var refusedWait = RefusedWait()
    /// How long its close may wait for the peer to acknowledge everything (`--linger`); nil while it is not closing.
    private var lingersUntil: Moment?
    /// Whether it is looked at now and then if a client that has sent FIN still waits for its answer.
    var isProbed = false
    /// Whether it stands in the list of those that have more to do.
    @exclusivity(unchecked) var isUnfinished = false
    /// When the last whole frame came, or something was sent. A byte now and then is no activity.
    @exclusivity(unchecked) var lastActivity: Moment

    struct Withheld {
        /// What is left to be recorded.
        var entries: [UInt8]
        var answers: [UInt8]
    }

    init(
        socket: consuming TCPSocket, token: Poller.Token, client: Endpoint, isServed: Bool,
        conversation: Conversation, decoder: FrameDecoder, now: Moment
    ) {
        self.socket = consume socket
        self.token = token
        self.client = client
        self.isServed = isServed
        self.conversation = conversation
        self.decoder = decoder
        pending = PendingAnswer(askedAt: now)
        lastActivity = now
    }

    /// What people call it.
    var label: String { name ?? client.description }

    var isOpen: Bool { socket != nil }

    var descriptor: CInt? { socket?.descriptor }

    /// Whether everything is said, and only the end is left to be done as soon as it is sent.
    var isLeaving: Bool { closeReason != nil || shutsDownSending }

    /// Whether the client waits for an answer, of the answerer or of the transcript, and nothing is read.
    var waitsForAnswer: Bool { conversation.phase == .answering || withheld != nil }

    /// Whom this connection waits for.
    var wait: IdleSweep.Wait {
        if conversation.phase == .answering { return .answerer(since: pending.askedAt) }
        if conversation.phase == .proving { return .proof(since: lastActivity) }
        return withheld == nil ? .client(since: lastActivity) : .transcript(since: lastActivity)
    }

    // MARK: in

    @inline(__always)
    func note(_ readiness: Poller.Readiness) {
        if !readiness.isDisjoint(with: [.readable, .peerClosed, .hungUp, .failed]) { mayHaveInput = true }
        if !readiness.isDisjoint(with: [.peerClosed, .hungUp, .failed]) { mayHaveEnd = true }
    }

    /// Something may have come although no event has said so.
    func expectInput() {
        mayHaveInput = true
    }

    enum Reception {
        /// The bytes that came, until the next read.
        case bytes(UnsafeRawBufferPointer)
        case endOfStream
        case nothing
    }

    @inline(__always)
    func receive(into scratch: UnsafeMutableRawBufferPointer) throws(SocketError) -> Reception {
        switch try socket?.receive(into: scratch) {
        case .bytes(let count):
            // A read that comes up short has emptied the queue; the next byte is a new event.
            mayHaveInput = count == scratch.count || mayHaveEnd
            return .bytes(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        case .endOfStream:
            mayHaveInput = false
            return .endOfStream
        case .wouldBlock, nil:
            mayHaveInput = false
            return .nothing
        }
    }

    /// Whether what has come ends with a whole frame.
    var isAtBoundary: Bool { decoder.isAtBoundary }

    /// The next whole frame of what has come, and of what was kept before.
    @inline(__always)
    func nextFrame(from arrived: inout UnsafeRawBufferPointer) throws(ProtocolError) -> WholeFrame? {
        try decoder.nextFrame(from: &arrived)
    }

    /// Keeps what cannot be answered yet, for it lies in a place that all reads go to.
    @inline(__always)
    func keep(_ arrived: UnsafeRawBufferPointer) {
        if !arrived.isEmpty, !conversation.discards { decoder.append(arrived) }
    }

    // MARK: out

    /// Sends, and keeps what the socket does not take.
    ///
    /// - Returns: Whether everything is sent.
    @inline(__always)
    func send(_ outgoing: borrowing SendBuffer, now: Moment) throws(SocketError) -> Bool {
        if unsent.isEmpty {
            let sent = try socket?.send(outgoing.bytes) ?? 0
            if sent > 0 { lastActivity = now }
            if sent < outgoing.count { unsent = Array(outgoing.bytes[sent...]) }
        } else {
            unsent += outgoing.bytes
            let sent = try socket?.send(unsent[...]) ?? 0
            if sent > 0 { lastActivity = now }
            unsent = Array(unsent[sent...])
        }
        return unsent.isEmpty
    }

    /// How many bytes would be lost if it were closed now.
    var unsentCount: Int { unsent.count + (withheld?.answers.count ?? 0) }

    static var interest: Poller.Interest { [.readable, .peerClosed, .edgeTriggered] }
    static var interestWithRoom: Poller.Interest { [.readable, .writable, .peerClosed, .edgeTriggered] }

    /// Has the poller tell of what happens on it.
    func watch(_ poller: borrowing Poller) throws(SocketError) {
        guard let descriptor else { return }
        try poller.add(descriptor, for: awaitsRoom ? Self.interestWithRoom : Self.interest, token: token)
    }

    /// Has the poller tell when the socket takes more.
    func awaitRoom(_ poller: borrowing Poller) {
        guard !awaitsRoom, let descriptor else { return }
        awaitsRoom = true
        // Before its registration, `watch` will ask for it.
        try? poller.change(descriptor, for: Self.interestWithRoom, token: token)
    }

    /// Sends padding, which a client skips: one that is gone answers with RST whatever is sent to it.
    ///
    /// - Returns: Whether everything is sent.
    func sendProbe() -> Bool {
        // Not behind answers that are withheld.
        guard unsent.isEmpty else { return true }
        let padding = Frame.bytes(of: .padding(0))
        let sent = (try? socket?.send(padding[...])) ?? 0
        if sent < padding.count, sent > 0 { unsent = Array(padding[sent...]) }
        return unsent.isEmpty
    }

    // MARK: end

    /// - Returns: When it is to be looked at again whether the client has read its error frame; nil when it has had its time.
    func waitAsRefused(now: Moment) -> Moment? {
        guard isServed, let left = try? socket?.unacknowledgedBytes() else { return nil }
        return refusedWait.look(left: left, lastActivity: &lastActivity, now: now)
    }

    /// What SO_LINGER with a time does, without waiting in close(): the FIN goes out, and the connection is looked at until
    /// the peer has acknowledged everything, or the time is over (net/ipv4/tcp.c, __tcp_close and sk_stream_wait_close).
    ///
    /// - Returns: When to look again; nil when it is to be closed now.
    func linger(seconds: Int, now: Moment) -> Moment? {
        if lingersUntil == nil {
            // With bytes unread, close() resets the connection, and waits for nothing.
            guard isOpen, (try? socket?.unreadBytes()) == 0 else { return nil }
            guard (try? socket?.setLinger(seconds: seconds)) != nil else { return nil }
            guard (try? socket?.shutdownSending()) != nil else { return nil }
            lingersUntil = now + .seconds(seconds)
        }
        guard let end = lingersUntil, now < end else { return nil }
        guard let left = try? socket?.unacknowledgedBytes(), left > 0 else { return nil }
        return min(end, now + .milliseconds(10))
    }

    /// Shuts down the sending side although the client may still send: what has come already must not turn the close into
    /// a RST, which would destroy the frame before it.
    func shutDownBeforeClose(_ scratch: UnsafeMutableRawBufferPointer) {
        try? socket?.shutdownSending()
        _ = try? socket?.receive(into: scratch)
    }

    /// Gives up the socket, which is to be closed.
    func takeSocket() -> TCPSocket? {
        socket.take()
    }
}
