internal import Glibc

/// A point in time, for programs that note the time with every message.
///
/// It reads the same clock as `ContinuousClock`, whose own instants have a layout that is known only when the program
/// runs. So has every type that stores one, and each use of any of its properties asks for that layout first: in the
/// event loop this was a good part of what an answer cost outside the kernel.
public struct Moment: Comparable, Hashable, Sendable {
    /// Since the machine started. Enough for 292 years.
    private let nanoseconds: Int64

    private init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The corresponding C function is `clock_gettime` with CLOCK_BOOTTIME.
    public static var now: Moment {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    public static func < (left: Moment, right: Moment) -> Bool { left.nanoseconds < right.nanoseconds }

    public static func + (moment: Moment, duration: Duration) -> Moment {
        let (seconds, attoseconds) = duration.components
        return Moment(nanoseconds: moment.nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }

    public static func - (later: Moment, earlier: Moment) -> Duration {
        .nanoseconds(later.nanoseconds - earlier.nanoseconds)
    }

    /// What `-` gives, as a whole number: `Duration` counts attoseconds in 128 bits, which is dear where every answer
    /// is timed.
    public func nanoseconds(since earlier: Moment) -> Int64 { nanoseconds - earlier.nanoseconds }

    /// Whole milliseconds until then, rounded up, so that a wait of this length does not end too early; never negative.
    func milliseconds(from now: Moment) -> Int64 {
        max(0, (nanoseconds - now.nanoseconds + 999_999) / 1_000_000)
    }
}
