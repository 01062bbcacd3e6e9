import TCPSockets

/// Tells now and then how the run stands.
struct ProgressMeter {
    static let interval = Duration.milliseconds(200)
    private let show: (LoadProgress) -> Void
    private var last: (moment: Moment, operations: Int)

    init(now: Moment, show: @escaping (LoadProgress) -> Void) {
        self.show = show
        last = (now, 0)
    }

    /// Operations count from now on.
    mutating func begin(now: Moment) {
        last = (now, 0)
    }

    mutating func report(_ statistics: Statistics, _ schedule: RunSchedule, now: Moment) {
        let seconds = (now - last.moment).inSeconds
        let count = statistics.operations - last.operations
        last = (now, statistics.operations)
        guard schedule.phase == .running else { return }
        show(
            LoadProgress(
                elapsed: schedule.sinceBegin(now: now), operations: statistics.operations,
                perSecond: seconds > 0 ? Double(count) / seconds : 0, failures: statistics.failureCount))
    }
}
