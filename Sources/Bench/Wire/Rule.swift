package import Packets
package import Recordings

/// What the wire does with a segment that has just appeared.
package enum Decision: Sendable {
    /// Deliver these segments, all of one connection, now and in this order: the new one, or earlier ones that were held. A
    /// number that occurs twice is delivered twice; a new one that does not occur is held.
    case deliver([Int])
    /// Keep it until a later decision, or `Wire.release`, names it.
    case hold
    case drop
    /// Drop it, and deliver another one in its sender's name.
    case replace(Segment)
    /// Deliver it after a time, behind whatever was delayed before it.
    case delay(Duration)
}

/// A condition on segments and what to do with those that meet it: the hand with which an experiment reaches into the
/// wire. It is asked on the wire's own thread, before anything else crosses.
package protocol Rule: Sendable {
    /// - Returns: nil where the segment is none of its business; the next rule is asked then, and where none
    ///   answers, the segment is delivered.
    mutating func consider(_ captured: CapturedSegment) -> Decision?
}

/// A rule that treats some segments alike, such as "drop the client's first pure ACK".
package struct MatchRule: Rule {
    private let decision: @Sendable (CapturedSegment) -> Decision
    private let matches: @Sendable (CapturedSegment) -> Bool
    private var times: Int

    /// - Parameters:
    ///   - side: The host that sends them; nil for either.
    ///   - times: How many such segments, counted from the first.
    package init(
        from side: Side? = nil, times: Int = .max, _ decision: Decision,
        where matches: @escaping @Sendable (Segment) -> Bool
    ) {
        self.decision = { _ in decision }
        self.matches = { (side == nil || $0.from == side) && matches($0.segment) }
        self.times = times
    }

    package mutating func consider(_ captured: CapturedSegment) -> Decision? {
        guard times > 0, matches(captured) else { return nil }
        times -= 1
        return decision(captured)
    }
}

/// Makes the client the first to close, whatever the schedulers of both hosts do.
///
/// The client's `exit` waits on the wire for the FIN or RST behind it. A FIN is then delivered ahead of `exit`: the
/// server's kernel keeps it in the out-of-order queue (net/ipv4/tcp_input.c, tcp_data_queue_ofo), and `exit` completes both
/// in one instant, between which no program can run. A RST must be the next in sequence to be obeyed (RFC 9293 section
/// 3.10.7.4), so it follows at once; it was sent before the server had anything to answer, which is what counts.
package struct ExitWithEnding: Rule {
    private enum Progress {
        case holds(Int)
        /// A last word that comes again has nothing to wait for.
        case done
    }

    private let isExit: @Sendable (Segment) -> Bool
    /// Of each connection: what a conversation before leaves behind, such as a retransmission, is not this one's.
    private var progress: [FourTuple: Progress] = [:]

    /// - Parameter isExit: Whether a segment's payload is the client's last word.
    package init(isExit: @escaping @Sendable (Segment) -> Bool) {
        self.isExit = isExit
    }

    package mutating func consider(_ captured: CapturedSegment) -> Decision? {
        guard captured.from == .client else { return nil }
        let segment = captured.segment
        switch progress[captured.connection] {
        case nil:
            guard isExit(segment) else { return nil }
            // The last word brings its FIN along, or waits for it.
            progress[captured.connection] = segment.flags.contains(.fin) ? .done : .holds(captured.number)
            return segment.flags.contains(.fin) ? nil : .hold
        case .holds(let exit):
            guard segment.flags.contains(.fin) || segment.flags.contains(.rst) else { return nil }
            progress[captured.connection] = .done
            return .deliver(segment.flags.contains(.fin) ? [captured.number, exit] : [exit, captured.number])
        case .done: return nil
        }
    }
}
