/// A segment's passage over the wire: who sent it, what became of it, and what both hosts' sockets were meanwhile.
public struct Passage: Sendable {
    public enum Origin: Hashable, Sendable {
        /// A host sent it.
        case host
        /// The laboratory made it, or delivered it once more.
        case wire
    }

    public enum Fate: Hashable, Sendable {
        case delivered, held, dropped
        /// A copy of a segment that is held already: counted, not kept.
        case absorbed
    }

    /// One delivery; a duplicated segment has two.
    ///
    /// Of segments that went back to back, only what was there before the first and after the last was looked at: what the
    /// others did shows with the last.
    public struct Delivery: Sendable {
        /// Seconds on CLOCK_MONOTONIC.
        public let time: Double
        public let before: SocketStates
        public let after: SocketStates
    }

    /// Its place in the recording, from 0.
    public let number: Int
    public let origin: Origin
    /// The host that sent it, or in whose name it was made.
    public let from: Side
    public let segment: Segment
    /// When it appeared on the wire: seconds on CLOCK_MONOTONIC.
    public let time: Double
    /// What both hosts kept of the connection when it appeared.
    public let states: SocketStates
    public internal(set) var fate = Fate.delivered
    public internal(set) var deliveries: [Delivery] = []
    /// How often it came again while it was held.
    public internal(set) var copies = 0

    public var connection: Connection { Connection(segment, from: from) }

    /// When it first reached the other host, if it did.
    public var arrival: Double? { deliveries.first?.time }

    /// Whether this is the same segment once more: a retransmission as it was.
    ///
    /// Without anything to retransmit, a segment says what it acknowledges and how much more may come: one that says
    /// something else is news.
    func isCopy(of other: Passage) -> Bool {
        let (mine, others) = (segment, other.segment)
        return from == other.from && connection == other.connection && mine.sequence == others.sequence
            && mine.length == others.length && mine.flags == others.flags
            && (mine.length > 0 || mine.acknowledgement == others.acknowledgement && mine.window == others.window)
    }
}

/// What both hosts kept of a connection when somebody looked, with nothing crossing.
public struct Look: Sendable {
    /// Seconds on CLOCK_MONOTONIC.
    public let time: Double
    public let connection: Connection
    public let states: SocketStates
}

/// Everything that crossed a wire, in order of appearance.
public struct WireRecording: Sendable {
    public internal(set) var passages: [Passage] = []
    public internal(set) var looks: [Look] = []
    /// What each connection was when it was last looked at.
    public internal(set) var latest: [Connection: SocketStates] = [:]
    /// Why the wire stopped working, if it did.
    public internal(set) var failure: LaboratoryError?

    /// The passages of one connection, from a place in the recording on.
    public func passages(of connection: Connection, from start: Int = 0) -> [Passage] {
        passages.dropFirst(start).filter { $0.connection == connection }
    }
}
