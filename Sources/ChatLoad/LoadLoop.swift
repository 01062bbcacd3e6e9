import TCPSockets

/// The thread of a run: it waits for events, and leads through the phases.
///
/// A struct without copies, and not a class: what it touches for every answer is then checked for overlapping access
/// when it is compiled, and not each time it runs.
struct LoadLoop: ~Copyable {
    /// Tokens of the poller that are no connection.
    private enum Special {
        static let signals: Poller.Token = 1 << 32
        static let deadline: Poller.Token = 2 << 32
        static let progress: Poller.Token = 3 << 32
    }

    private let configuration: LoadConfiguration
    private var clients: LoadClients
    private let signals: Signals?
    /// The signal that ended the run early.
    private var signal: CInt?
    private var progress: ProgressMeter?

    init(
        _ configuration: LoadConfiguration, poller: consuming Poller, signals: Signals?,
        showProgress: ((LoadProgress) -> Void)?
    ) {
        self.configuration = configuration
        self.signals = signals
        clients = LoadClients(configuration, poller: poller)
        let now = clients.now
        progress = showProgress.map { ProgressMeter(now: now, show: $0) }
    }

    /// The whole run, to its last connection.
    mutating func run() throws -> LoadResult {
        try watch()
        if configuration.mode == .churn { begin() }
        while clients.schedule.phase != .over {
            if clients.schedule.phase == .opening, clients.openMore() { begin() }
            if !clients.areLive { break }
            // More connections may be waiting for their turn to be opened, but those that are being opened bring events.
            let count = try clients.poller.wait()
            clients.now = .now
            if clients.schedule.deadline <= clients.now { deadlinePassed() }
            for index in 0..<count { handle(clients.poller[index]) }
            while let token = clients.poller.nextDue(at: clients.now) { due(token) }
        }
        finish()
        return result
    }

    private mutating func watch() throws {
        if let signals { try clients.poller.add(signals.descriptor, for: .readable, token: Special.signals) }
        if progress != nil { scheduleProgress() }
        if configuration.mode == .persistent { scheduleDeadline() }
    }

    private mutating func scheduleProgress() {
        clients.poller.schedule(Special.progress, at: clients.now + ProgressMeter.interval)
    }

    private mutating func scheduleDeadline() {
        clients.poller.schedule(Special.deadline, at: clients.schedule.deadline)
    }

    private var result: LoadResult {
        let statistics = clients.statistics
        return LoadResult(
            configuration: configuration, elapsed: clients.schedule.elapsed(now: clients.now),
            operations: statistics.operations, latency: statistics.latency, failures: statistics.failures,
            firstFailure: statistics.firstFailure, firstDiagnosis: statistics.firstDiagnosis,
            unlikeQuestion: statistics.unlikeQuestion, exhaustion: statistics.exhaustion, signal: signal)
    }

    // MARK: events

    private mutating func handle(_ event: (token: Poller.Token, readiness: Poller.Readiness)) {
        if event.token < Special.signals {
            clients.ready(Int(event.token))
        } else {
            while let signal = signals?.next() { interrupted(by: signal) }
        }
    }

    private mutating func due(_ token: Poller.Token) {
        switch token {
        // The loop looks at the deadline whenever it wakes; the timer only wakes it.
        case Special.deadline: break
        case Special.progress:
            progress?.report(clients.statistics, clients.schedule, now: clients.now)
            scheduleProgress()
        default: clients.timerFired(Int(token))
        }
    }

    /// The first signal ends the run, with its results so far; the second one does not wait for the grace.
    private mutating func interrupted(by signal: CInt) {
        if self.signal != nil { return finish() }
        self.signal = signal
        if [.opening, .running].contains(clients.schedule.phase) { end() }
    }

    // MARK: phases

    private mutating func deadlinePassed() {
        switch clients.schedule.phase {
        case .opening: clients.giveUpOpening()
        case .running: end()
        case .finishing: finish()
        case .over: break
        }
    }

    private mutating func begin() {
        clients.now = .now
        clients.schedule.begin(now: clients.now)
        progress?.begin(now: clients.now)
        scheduleDeadline()
        clients.begin()
    }

    /// No conversation begins any more, and none counts.
    private mutating func end() {
        clients.schedule.end(now: clients.now)
        scheduleDeadline()
        clients.end()
    }

    /// Whatever is left is given up.
    private mutating func finish() {
        clients.giveUpAll()
        clients.schedule.finish(now: clients.now)
    }
}
