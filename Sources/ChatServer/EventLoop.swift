import ChatProtocol
import Glibc
import Logging
import TCPSockets

/// One thread's share of the server: its connections, served as their sockets become ready.
///
/// Edge-triggered, so that a connection costs no epoll_ctl() between its first and its last byte; one read
/// where one suffices; the answers to all questions of one read go out in one write.
///
/// A struct without copies, and not a class: what it touches for every answer is then checked for overlapping access
/// when it is compiled, and not each time it runs.
struct EventLoop: ~Copyable {
    /// What a token of the poller stands for, besides connections and their co-processes.
    enum Special {
        static let listener: Poller.Token = 0
        static let mailbox: Poller.Token = 1
        static let sweep: Poller.Token = 2
        static let acceptAgain: Poller.Token = 3
        static let drainDeadline: Poller.Token = 4
        static let signals: Poller.Token = 5
        static let log: Poller.Token = 6
        static let departing: Poller.Token = 7
        static let hangUp: Poller.Token = 8
        static let complaints: Poller.Token = 9
        static let transcript: Poller.Token = 10
        /// Set in the token of a co-process, beside that of its connection.
        static let coProcess: Poller.Token = 1 << 63
        /// Set in the token of a connection that may have nobody at its other end any more.
        static let probe: Poller.Token = 1 << 62
    }

    let number: Int
    let share: ServerShare
    let mailbox: Mailbox
    /// Set where this loop looks after the signals, for all loops.
    let signals: ServerSignals?
    var poller: Poller
    var now = Moment.now
    /// By descriptor: as dense as the descriptor table, and found without hashing.
    var connections: [Connection?] = []
    var connectionCount = 0
    var generation: UInt32 = 0
    var listener: TCPSocket?
    let spare = SpareDescriptor()
    var acceptBurst = 1
    var isDraining = false
    /// Whether a signal has told the loops to drain, which they will do as soon as they read it.
    var isToldToEnd = false
    /// Whether the time for draining is over, so that no close may take any.
    var isOutOfTime = false
    var isSweeping = false
    var isLogScheduled = false
    var logInterval = Duration.milliseconds(5)
    /// Connections that have had their turn and have more to read.
    var unfinished: [Connection] = []
    /// Reads of all connections go here.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 8)
    /// Connections whose answers wait for room in the transcript, the longest first.
    var unrecorded: [Connection] = []
    /// What the connection whose turn it is has to say.
    var outgoing = Outbox(keptCapacity: 2 * Self.highWater)
    /// Entries of the transcript for the answers in `outgoing`.
    var entries = TranscriptEntries()
    /// What the connection whose turn it is may still do before the others have theirs.
    var turnLeft = 0
    var departing = DepartingProcesses()
    /// Connections whose question waits for a process to be started.
    var starting: [Connection] = []
    /// A client that does not read is not read from, once so many bytes wait for it.
    static let highWater = 262_144
    /// How many full reads a connection gets before the others have their turn.
    static let readsPerTurn = 4
    /// How much work a turn has: an answer that is the bytes of its question counts as one.
    static let workPerTurn = 4096
    /// One that is made into text and recorded counts as so many, and more with its length.
    static let workOfText = 64
    /// So many bytes of padding count as one.
    static let paddingPerWork = 64

    /// Everything that can fail to be made is made before: an `init` that threw would drop the listener.
    init(
        number: Int, share: ServerShare, mailbox: Mailbox, poller: consuming Poller,
        listener: consuming TCPSocket, signals: ServerSignals?
    ) {
        self.number = number
        self.share = share
        self.mailbox = mailbox
        self.signals = signals
        self.poller = poller
        self.listener = consume listener
    }

    deinit {
        scratch.deallocate()
    }

    /// Serves until it is told to drain and nothing is left.
    mutating func run() throws {
        try poller.add(mailbox.wakeup.descriptor, for: .readable, token: Special.mailbox)
        if let signals {
            try poller.add(signals.descriptor, for: .readable, token: Special.signals)
            watchComplaints()
        }
        try watchListener()
        while !isDraining || connectionCount > 0 || departing.keepsWaiting(at: now) {
            let count = try poller.wait(mayBlock: unfinished.isEmpty && starting.isEmpty)
            now = .now
            for index in 0..<count { handle(poller[index]) }
            while let token = poller.nextDue(at: now) { handleDue(token) }
            let turns = unfinished
            unfinished = []
            for connection in turns {
                connection.isUnfinished = false
                advance(connection)
            }
            if !starting.isEmpty { startOne() }
            if share.log.isPending { scheduleLog() }
        }
    }

    private mutating func handle(_ event: (token: Poller.Token, readiness: Poller.Readiness)) {
        if let connection = connection(event.token) {
            ready(connection, event.readiness)
        } else {
            handleSpecial(event.token)
        }
    }

    /// Kept out of its caller, in which nearly always none of it runs.
    @inline(never)
    private mutating func handleSpecial(_ token: Poller.Token) {
        switch token {
        case Special.listener: acceptWaiting()
        case Special.mailbox: for request in mailbox.takeAll() { fulfil(request) }
        case Special.signals: signalled()
        case Special.complaints: readComplaints()
        case let token where token & Special.coProcess != 0:
            if let connection = connection(token & ~Special.coProcess) { coProcessReady(connection) }
        default: break
        }
    }

    private mutating func handleDue(_ token: Poller.Token) {
        switch token {
        case Special.acceptAgain: acceptAgain()
        case Special.sweep: sweep()
        case Special.drainDeadline: giveUpAll()
        case Special.log: goOnLogging()
        case Special.departing: lookAtDeparting()
        case Special.transcript: goOnRecording()
        case Special.complaints: readComplaintsAgain()
        case Special.hangUp: if signals?.terminalIsGone == true { drainAll() }
        case let token where token & Special.coProcess != 0:
            if let connection = connection(token & ~Special.coProcess) { coProcessReady(connection) }
        case let token where token & Special.probe != 0:
            if let connection = connection(token & ~Special.probe) { probe(connection) }
        case let token:
            guard let connection = connection(token) else { return }
            if let departure = connection.departure {
                close(connection, departure)
            } else {
                patienceEnds(connection)
            }
        }
    }

    @inline(__always)
    private func connection(_ token: Poller.Token) -> Connection? {
        let index = Int(token & 0xFFFF_FFFF)
        // The generation in the token tells a connection from an earlier one with the same descriptor.
        guard index < connections.count, let connection = connections[index], connection.token == token else {
            return nil
        }
        return connection
    }

    mutating func fulfil(_ request: LoopRequest) {
        switch request {
        case .answer(let token, let text):
            if let connection = connection(token) { answer(connection, text) }
        case .answererFailed(let token, let reason):
            if let connection = connection(token) {
                act(on: connection, connection.conversation.answererFailed(reason))
            }
        case .drain(let deadline): drain(until: deadline)
        }
    }

    /// Gives up whatever there is, after a failure.
    mutating func dropEverything() {
        stopListening()
        for case let connection? in connections { act(on: connection, connection.conversation.abort()) }
    }

    mutating func stopListening() {
        if let listener = listener.take() {
            // By hand: the other loops have duplicates, and closing one of several keeps the registration.
            try? poller.remove(listener.descriptor)
            try? listener.close()
        }
    }
}
