package import Packets
import TCPSockets

/// A segment as it was captured on the wire: who sent it, what became of it, and what both hosts' sockets were meanwhile.
package struct CapturedSegment: Sendable {
    package enum Origin: Hashable, Sendable {
        /// A host sent it.
        case host
        /// The laboratory made it, or delivered it once more.
        case wire
    }

    package enum Fate: Hashable, Sendable {
        case delivered, held, dropped
        /// A copy of a segment that is held already: counted, not kept.
        case absorbed
    }

    /// One delivery; a duplicated segment has two.
    ///
    /// Of segments that went back to back, only what was there before the first and after the last was looked at: what the
    /// others did shows with the last.
    package struct Delivery: Sendable {
        /// Seconds on CLOCK_MONOTONIC.
        package let time: Double
        package let before: SocketStates
        package let after: SocketStates

        package init(time: Double, before: SocketStates, after: SocketStates) {
            (self.time, self.before, self.after) = (time, before, after)
        }
    }

    /// Its place in the recording, from 0.
    package let number: Int
    package let origin: Origin
    /// The host that sent it, or in whose name it was made.
    package let from: Side
    package let segment: Segment
    /// When it appeared on the wire: seconds on CLOCK_MONOTONIC.
    package let time: Double
    /// What both hosts kept of the connection when it appeared.
    package let states: SocketStates
    package var fate: Fate
    package var deliveries: [Delivery]
    /// How often it came again while it was held.
    package var copies = 0

    package init(
        number: Int, origin: Origin, from: Side, segment: Segment, time: Double, states: SocketStates,
        fate: Fate = .delivered, deliveries: [Delivery] = []
    ) {
        (self.number, self.origin, self.from, self.segment) = (number, origin, from, segment)
        (self.time, self.states, self.fate, self.deliveries) = (time, states, fate, deliveries)
    }

    package var connection: FourTuple { FourTuple(segment, from: from) }

    /// When it first reached the other host, if it did.
    package var arrival: Double? { deliveries.first?.time }

    /// Whether this is the same segment once more: a retransmission as it was.
    ///
    /// Without anything to retransmit, a segment says what it acknowledges and how much more may come: one that says
    /// something else is news.
    package func isCopy(of other: CapturedSegment) -> Bool {
        let (mine, others) = (segment, other.segment)
        return from == other.from && connection == other.connection && mine.sequence == others.sequence
            && mine.length == others.length && mine.flags == others.flags
            && (mine.length > 0 || mine.acknowledgement == others.acknowledgement && mine.window == others.window)
    }
}

/// What both hosts kept of a connection when somebody looked.
package struct StateSample: Sendable {
    /// Seconds on CLOCK_MONOTONIC.
    package let time: Double
    package let connection: FourTuple
    package let states: SocketStates

    package init(time: Double, connection: FourTuple, states: SocketStates) {
        (self.time, self.connection, self.states) = (time, connection, states)
    }

    /// How long the kernel lets a host's state last: what its timer has left, and what had passed when that was looked at.
    /// It is counted from the segment that last reached the host, with which the timer began (net/ipv4/tcp_minisocks.c,
    /// tcp_time_wait and tcp_timewait_state_process). So it does not matter how late the look comes.
    ///
    /// - Parameter segments: What crossed.
    /// - Returns: Seconds; nil for a state without a timer.
    package func lifetime(of side: Side, in segments: [CapturedSegment]) -> Double? {
        guard let left = states[side]?.timer?.remaining.inSeconds else { return nil }
        let arrivals = segments.filter { $0.connection == connection && $0.from != side }
            .flatMap { $0.deliveries.map(\.time) }.filter { $0 <= time }
        return left + (arrivals.max().map { time - $0 } ?? 0)
    }
}

/// Everything that crossed a wire, in order of appearance.
package struct WireRecording: Sendable {
    package var segments: [CapturedSegment] = []
    package var samples: [StateSample] = []
    /// What each connection was when it was last looked at.
    package var latest: [FourTuple: StateSample] = [:]
    /// Why the wire stopped working, if it did.
    package var failure: LaboratoryError?

    package init() {}

    /// The segments of one connection, from a place in the recording on.
    package func segments(of connection: FourTuple, from start: Int = 0) -> [CapturedSegment] {
        segments.dropFirst(start).filter { $0.connection == connection }
    }
}
