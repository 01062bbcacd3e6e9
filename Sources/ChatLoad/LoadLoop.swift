import ChatProtocol
import Glibc
import TCPSockets

/// All connections of a run, driven by one thread as their sockets become ready.
///
/// Level-triggered, and each socket is registered once: from question to question a connection costs one send(), one
/// recv() and its share of an epoll_wait(). What is sent is prepared once; what is received is looked at where it
/// arrived.
///
/// A struct without copies, and not a class: what it touches for every answer is then checked for overlapping access
/// when it is compiled, and not each time it runs.
struct LoadLoop: ~Copyable {
    /// Tokens of the poller that are no connection.
    enum Special {
        static let signals: Poller.Token = 1 << 32
        static let deadline: Poller.Token = 2 << 32
        static let progress: Poller.Token = 3 << 32
    }

    enum Phase {
        /// Persistent connections are being opened; nothing is measured yet.
        case opening
        case running
        /// The time is over, and what has begun goes on to its end.
        case finishing
        case over
    }

    let configuration: LoadConfiguration
    let frameLimit: Int
    var poller: Poller
    let signals: Signals?
    var connections: [LoadConnection] = []
    var statistics = Statistics()
    var now = Moment.now
    var phase = Phase.opening
    /// When the run began, and when it ended.
    var began = Moment.now
    var ended: Moment?
    /// When the phase is over whatever happens.
    var deadline = Moment.now
    var signal: CInt?
    /// How many places have a connection, or wait to have one again.
    var liveCount = 0
    /// How many connections are being opened, and which is the next one.
    var openingCount = 0
    var nextToOpen = 0
    let question: UnsafeRawBufferPointer
    let exit: UnsafeRawBufferPointer
    /// Reads of all connections go here.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 131_072, alignment: 8)
    let showProgress: ((LoadProgress) -> Void)?
    var lastProgress: (moment: Moment, operations: Int)

    /// As many handshakes as fit any backlog (net.core.somaxconn was 128 once).
    static let openingAtATime = 100
    static let progressInterval = Duration.milliseconds(200)

    init(
        _ configuration: LoadConfiguration, poller: consuming Poller, signals: Signals?,
        showProgress: ((LoadProgress) -> Void)?
    ) {
        self.configuration = configuration
        self.signals = signals
        self.showProgress = showProgress
        frameLimit = max(Frame.defaultLimit, configuration.payload + 1)
        question = Self.bytes(.question(Self.text(configuration.payload)))
        exit = Self.bytes(.exit)
        lastProgress = (now, 0)
        self.poller = poller
    }

    deinit {
        question.deallocate()
        exit.deallocate()
        scratch.deallocate()
    }

    private static func text(_ count: Int) -> String {
        String(decoding: (0..<count).map { UInt8(ascii: "a") + UInt8($0 % 26) }, as: UTF8.self)
    }

    private static func bytes(_ message: Message) -> UnsafeRawBufferPointer {
        let bytes = Frame.bytes(of: message)
        let place = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        place.copyBytes(from: bytes)
        return UnsafeRawBufferPointer(place)
    }

    /// The whole run, to its last connection.
    mutating func run() throws -> LoadResult {
        if let signals { try poller.add(signals.descriptor, for: .readable, token: Special.signals) }
        if showProgress != nil { poller.schedule(Special.progress, at: now + Self.progressInterval) }
        start()
        while phase != .over {
            openMore()
            if liveCount == 0 { break }
            // More connections may be waiting for their turn to be opened, but those that are being opened bring events.
            let count = try poller.wait()
            now = .now
            if deadline <= now { deadlinePassed() }
            for index in 0..<count { handle(poller[index]) }
            while let token = poller.nextDue(at: now) { due(token) }
        }
        finish()
        let elapsed = (ended ?? now) - began
        return LoadResult(
            configuration: configuration, elapsed: elapsed, operations: statistics.operations,
            latency: statistics.latency, failures: statistics.failures, firstFailure: statistics.firstFailure,
            firstDiagnosis: statistics.firstDiagnosis, unlikeQuestion: statistics.unlikeQuestion,
            exhaustion: statistics.exhaustion, signal: signal)
    }

    private mutating func handle(_ event: (token: Poller.Token, readiness: Poller.Readiness)) {
        if event.token < Special.signals {
            advance(connections[Int(event.token)])
        } else {
            while let signal = signals?.next() { interrupted(by: signal) }
        }
    }

    private mutating func due(_ token: Poller.Token) {
        switch token {
        // The loop looks at the deadline whenever it wakes; the timer only wakes it.
        case Special.deadline: break
        case Special.progress:
            reportProgress()
            poller.schedule(Special.progress, at: now + Self.progressInterval)
        default: timerFired(connections[Int(token)])
        }
    }

    private mutating func reportProgress() {
        let seconds = (now - lastProgress.moment).inSeconds
        let count = statistics.operations - lastProgress.operations
        lastProgress = (now, statistics.operations)
        guard phase == .running else { return }
        showProgress?(
            LoadProgress(
                elapsed: now - began, operations: statistics.operations,
                perSecond: seconds > 0 ? Double(count) / seconds : 0, failures: statistics.failureCount))
    }
}
