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
    @exclusivity(unchecked) private(set) var socket: TCPSocket?
    @exclusivity(unchecked) var conversation: LoadConversation
    @exclusivity(unchecked) var decoder: FrameDecoder
    /// Tells one conversation from the next in the same place.
    @exclusivity(unchecked) private(set) var serial = 0
    /// How much of the question, or of the exit, the socket has taken.
    @exclusivity(unchecked) private var sent = 0
    /// When the operation began: the question, or in churn the whole conversation.
    @exclusivity(unchecked) var started = Moment.now
    /// What the poller was asked for; nil while it does not know the socket.
    @exclusivity(unchecked) private var watched: Poller.Interest?
    /// When the strategy's time is over, or when the next conversation may begin.
    private var deadline: Moment?
    /// Whether the poller has a timer for this place. There is at most one, which goes on to the next deadline.
    private var hasTimer = false
    /// Whether it counts among those that are being opened before the run.
    var isOpening = false
    /// Whether no conversation will begin here any more.
    var isRetired = false

    init(number: Int, conversation: LoadConversation, limit: Int) {
        self.number = number
        self.conversation = conversation
        decoder = FrameDecoder(from: .server, limit: limit)
    }

    var isOpen: Bool { socket != nil }

    private var token: Poller.Token { Poller.Token(number) }

    // MARK: begin

    /// Makes the place ready for another conversation.
    func renew(_ conversation: LoadConversation, limit: Int) {
        self.conversation = conversation
        serial += 1
        decoder = FrameDecoder(from: .server, limit: limit)
        sent = 0
        started = .now
        watched = nil
        deadline = nil
    }

    /// - Parameter firstBytes: What is sent at once: on this machine the handshake is over when connect() returns, although
    ///   it says EINPROGRESS, so that the question can go out without asking the poller first. Elsewhere the socket takes
    ///   nothing yet.
    /// - Returns: Whether it is connected already.
    func connect(to server: Endpoint, firstBytes: UnsafeRawBufferPointer?) throws(SocketError) -> Bool {
        socket = try TCPSocket(server.address.family)
        if try socket?.connect(to: server) == .connected { return true }
        guard let firstBytes else { return false }
        do throws(SocketError) {
            sent = try socket?.send(firstBytes) ?? 0
        } catch {
            // The first call after a handshake that failed is told why.
            throw SocketError(.connect, error.errno, endpoint: server)
        }
        return sent > 0
    }

    // MARK: send and receive

    /// Sends what is left of a question or an exit, and has the poller tell of room for the rest.
    ///
    /// - Returns: Whether the socket has taken everything by now.
    @inline(__always)
    func send(
        _ bytes: UnsafeRawBufferPointer, more: Bool = false, _ poller: borrowing Poller
    ) throws(SocketError) -> Bool {
        if sent < bytes.count {
            sent += try socket?.send(UnsafeRawBufferPointer(rebasing: bytes[sent...]), more: more) ?? 0
        }
        guard sent == bytes.count else {
            try watch(for: .writable, poller)
            return false
        }
        sent = 0
        return true
    }

    @inline(__always)
    func receive(into buffer: UnsafeMutableRawBufferPointer, peek: Bool = false) throws(SocketError)
        -> TCPSocket.Received
    {
        try socket?.receive(into: buffer, peek: peek) ?? .wouldBlock
    }

    func pendingError() throws(SocketError) -> Errno? { try socket?.pendingError() }

    func icmpError(behind error: SocketError) -> ICMPError? { socket?.icmpError(behind: error) }

    // MARK: watch

    func watch(for interest: Poller.Interest, _ poller: borrowing Poller) throws(SocketError) {
        guard watched != interest, let descriptor = socket?.descriptor else { return }
        if watched == nil {
            try poller.add(descriptor, for: interest, token: token)
        } else {
            try poller.change(descriptor, for: interest, token: token)
        }
        watched = interest
    }

    func unwatch(_ poller: borrowing Poller) throws(SocketError) {
        if watched != nil, let descriptor = socket?.descriptor { try poller.remove(descriptor) }
        watched = nil
    }

    func setTimer(at deadline: Moment, _ poller: inout Poller) {
        self.deadline = deadline
        guard !hasTimer else { return }
        hasTimer = true
        poller.schedule(token, at: deadline)
    }

    /// - Returns: Whether its time is over; otherwise the timer goes on, where there is still a deadline.
    func timerFired(_ poller: inout Poller, now: Moment) -> Bool {
        hasTimer = false
        guard let deadline else { return false }
        guard deadline <= now else {
            setTimer(at: deadline, &poller)
            return false
        }
        self.deadline = nil
        return true
    }

    // MARK: end

    func shutdownSending() throws(SocketError) {
        try socket?.shutdownSending()
    }

    /// Gives up the socket, which is to be closed.
    func takeSocket() -> TCPSocket? {
        socket.take()
    }
}
