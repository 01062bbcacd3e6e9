import TCPSockets

/// The run as a whole, and when each of its phases is over. A value without a clock.
///
///     opening → running → finishing → over
struct RunSchedule {
    enum Phase: Equatable, Sendable {
        /// Persistent connections are being opened; nothing is measured yet.
        case opening
        case running
        /// The time is over, and what has begun goes on to its end.
        case finishing
        case over
    }

    private(set) var phase = Phase.opening
    /// When the phase is over whatever happens.
    private(set) var deadline: Moment
    private var began: Moment
    private var ended: Moment?
    private let duration, grace: Duration

    init(_ configuration: LoadConfiguration, now: Moment) {
        duration = configuration.duration
        grace = configuration.grace
        began = now
        deadline = now + configuration.connectTimeout
    }

    /// All connections are open: what happens from now on is measured.
    mutating func begin(now: Moment) {
        phase = .running
        began = now
        deadline = now + duration
    }

    /// No conversation begins any more, and none counts.
    mutating func end(now: Moment) {
        if phase == .opening { began = now }
        phase = .finishing
        ended = now
        deadline = now + grace
    }

    mutating func finish(now: Moment) {
        phase = .over
        ended = ended ?? now
    }

    /// The phase is over before its time.
    mutating func cutShort(now: Moment) {
        deadline = now
    }

    /// How long what happened was measured.
    func elapsed(now: Moment) -> Duration { (ended ?? now) - began }

    func sinceBegin(now: Moment) -> Duration { now - began }
}
