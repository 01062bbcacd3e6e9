import ChatProtocol
import Logging
import TCPSockets

/// The connections of one event loop, and the poller that watches them: opened, watched, looked after, closed.
struct Connections: ~Copyable {
    /// The loop's, which waits with it.
    var poller: Poller
    /// When the loop last woke.
    var now = Moment.now
    private let context: ServerContext
    private var table = DescriptorTable<ClientConnection>()
    private var idle: IdleSweep
    /// Whether the time for draining is over, so that no close may take any.
    private var isOutOfTime = false

    init(_ context: ServerContext, poller: consuming Poller) {
        self.context = context
        self.poller = poller
        idle = IdleSweep(context.configuration)
    }

    var isEmpty: Bool { table.count == 0 }

    @inline(__always)
    subscript(token: Poller.Token) -> ClientConnection? { table[token] }

    /// All of them, as they are now.
    var all: [ClientConnection] { table.all }

    // MARK: open

    /// A connection for a client that has come.
    ///
    /// - Parameter isServed: Whether it was let in; otherwise it is only told why not.
    mutating func open(_ arrival: consuming Acceptor.Arrival, isServed: Bool) -> ClientConnection {
        let client = arrival.client.unmapped
        let token = table.nextToken(for: arrival.socket.descriptor)
        let connection = ClientConnection(
            socket: arrival.takeSocket(), token: token, client: client, isServed: isServed,
            conversation: Conversation(
                closeOrder: context.configuration.closeOrder, challenges: isServed && context.challenges),
            decoder: FrameDecoder(from: .client, limit: context.configuration.maximumFrame), now: now)
        table.insert(connection, token: token)
        scheduleSweep()
        return connection
    }

    /// Has the loop told of what happens on a connection from now on.
    ///
    /// - Returns: Whether the kernel has room for that.
    func watch(_ connection: ClientConnection) -> Bool {
        do {
            try connection.watch(poller)
            return true
        } catch {
            context.logger.error("\(error)", metadata: ["client": "\(connection.client)"])
            return false
        }
    }

    // MARK: look after

    private mutating func scheduleSweep() {
        if let time = idle.schedule(now: now) { poller.schedule(LoopToken.sweep, at: time) }
    }

    /// A sweep is due.
    ///
    /// - Returns: All connections.
    mutating func beginSweep() -> [ClientConnection] {
        idle.begin()
        return all
    }

    mutating func endSweep() {
        if !isEmpty { scheduleSweep() }
    }

    func isOverdue(_ connection: ClientConnection) -> Bool { idle.isOverdue(connection.wait, now: now) }

    /// Only its TCP can tell whether a client that has sent FIN is still there: one that is gone answers with RST whatever
    /// is sent to it (RFC 9293 section 3.10.7.1). So it is probed after a second, and then now and then.
    mutating func probeLater(_ connection: ClientConnection) {
        scheduleProbe(connection, after: .seconds(1))
    }

    mutating func probe(_ connection: ClientConnection) {
        connection.isProbed = false
        guard connection.waitsForAnswer else { return }
        if !connection.sendProbe() { connection.awaitRoom(poller) }
        scheduleProbe(connection, after: .seconds(5))
    }

    private mutating func scheduleProbe(_ connection: ClientConnection, after time: Duration) {
        guard !connection.isProbed, connection.isOpen else { return }
        connection.isProbed = true
        poller.schedule(connection.token | LoopToken.probe, at: now + time)
    }

    // MARK: close

    /// Everything is sent to a client that was refused: sends FIN, and gives the client a second to read why.
    mutating func shutDownSending(_ connection: ClientConnection) {
        connection.shutsDownSending = false
        try? connection.socket?.shutdownSending()
        // Only now: until everything was sent, it was not the client who kept the server waiting.
        poller.schedule(connection.token, at: now + RefusedWait.second)
    }

    /// - Returns: Whether a client that was refused gets more time.
    mutating func waitsOn(_ connection: ClientConnection) -> Bool {
        guard !isOutOfTime, let time = connection.waitAsRefused(now: now) else { return false }
        poller.schedule(connection.token, at: time)
        return true
    }

    /// No close may take any time from now on.
    mutating func endPatience() {
        isOutOfTime = true
    }

    /// Closes a connection, or with `--linger` begins to.
    mutating func close(_ connection: ClientConnection, _ reason: CloseReason) {
        if context.lingers, lingers(connection, reason) { return }
        guard let socket = connection.takeSocket() else { return }
        table.remove(connection.token)
        context.left(connection.client, wasServed: connection.isServed)
        // With a time it was waited for already: the call itself is not to wait.
        if let seconds = context.configuration.lingerSeconds { try? socket.setLinger(seconds: seconds == 0 ? 0 : nil) }
        do {
            try socket.close()
        } catch {
            context.logger.debug("\(error)")
        }
        let lost = connection.unsentCount
        if lost > 0, case .server = reason { context.tellLoss(of: lost, connection.label) }
        context.tellEnd(of: connection.client, named: connection.name, reason)
    }

    /// - Returns: False when the connection is to be closed now.
    private mutating func lingers(_ connection: ClientConnection, _ reason: CloseReason) -> Bool {
        guard !isOutOfTime, let seconds = context.configuration.lingerSeconds,
            let time = connection.linger(seconds: seconds, now: now)
        else { return false }
        connection.closeReason = reason
        poller.schedule(connection.token, at: time)
        return true
    }

    /// Gives up the answers that wait for the transcript.
    ///
    /// - Returns: Whether there were any.
    func dropWithheld(_ connection: ClientConnection) -> Bool {
        guard let withheld = connection.withheld else { return false }
        context.tellLoss(of: withheld.answers.count, connection.label)
        connection.withheld = nil
        connection.closeReason = nil
        return true
    }

    /// Keeps a connection open for good, and looks at it no more.
    func leak(_ connection: ClientConnection) {
        if let descriptor = connection.descriptor { try? poller.remove(descriptor) }
        Trace.note("conversation-leaked", ["address": .text("\(connection.client)")])
        context.logger.info("leaked", metadata: ["client": "\(connection.label)"])
    }
}
