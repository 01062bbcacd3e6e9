package import Packets
package import Recordings
package import TCPSockets

/// What became of one connection: who closed first, how, and what that does to the ports.
package struct Story: Hashable, Sendable {
    package enum Ending: String, Codable, Sendable {
        /// Both FINs were acknowledged.
        case fin
        /// A RST came before that.
        case rst
        /// A RST, or ICMP, answered the SYN.
        case refused
        /// One side sent again and again, and nobody answered.
        case timedOut = "timed-out"
        /// It was not over when the recording ended.
        case open
    }

    /// Who holds TIME-WAIT after it.
    package enum TimeWait: String, Codable, Sendable {
        case client, server, both, none
        /// The recording does not tell.
        case unknown
    }

    package struct Reset: Hashable, Sendable {
        package let from: Side
        package let cause: ResetCause
        /// The kernel's own word for it, where it was asked.
        package let reason: String?
        package let knownFrom: Source
        /// What it may have been, where segments alone do not tell.
        package let candidates: [ResetCause]

        package enum Source: String, Codable, Sendable {
            case kernel, segments
        }

        package init(
            from: Side, cause: ResetCause, reason: String? = nil, knownFrom: Source, candidates: [ResetCause] = []
        ) {
            (self.from, self.cause, self.reason) = (from, cause, reason)
            (self.knownFrom, self.candidates) = (knownFrom, candidates)
        }
    }

    package enum Directions: String, Codable, Sendable {
        case both, client, server
    }

    /// A number for each side.
    package struct Sides: Hashable, Codable, Sendable {
        package let client, server: Int

        package init(client: Int, server: Int) {
            (self.client, self.server) = (client, server)
        }

        package subscript(side: Side) -> Int { side == .client ? client : server }
    }

    /// Who sent the first SYN; where none was seen, who is taken for it: the receiver of a SYN,ACK, or else the sender of the
    /// first segment seen.
    package let client: Endpoint
    package let server: Endpoint
    /// Whether the first SYN was seen, and the client so is no guess.
    package let openerSeen: Bool
    /// When the first segment was seen, in seconds on the recording's clock, and how long after it the last one.
    package let opened: Double
    package let seconds: Double
    /// Whose FIN or RST came first; both, where two FINs crossed.
    package let firstToClose: Outcome.Holder
    /// Whether that was a RST.
    package var isFirstReset = false
    package let ending: Ending
    /// What ICMP said, where it answered the SYN.
    package var unreachable: Unreachable.Reason?
    package let timeWait: TimeWait
    /// Whether a host's table showed it; otherwise it follows from the segments.
    package let timeWaitSeen: Bool
    package let reset: Reset?
    /// Payload that each side sent, in bytes, each counted once; nil where it was not to be seen.
    package let bytes: Sides?
    /// How many of these bytes the other side never acknowledged; nil where one direction is missing.
    package let unacknowledged: Sides?
    /// How many segments of each side held nothing new: they were sent again, or came out of their order.
    package let retransmitted: Sides?
    package let directionsSeen: Directions
}

extension Story {
    /// A story told by a kernel's transitions, which show no segments: payload and repetitions are not known.
    package init(
        client: Endpoint, server: Endpoint, openerSeen: Bool, opened: Double, seconds: Double,
        firstToClose: Outcome.Holder, ending: Ending, timeWait: TimeWait, timeWaitSeen: Bool, reset: Reset?,
        directionsSeen: Directions
    ) {
        self.init(
            client: client, server: server, openerSeen: openerSeen, opened: opened, seconds: seconds,
            firstToClose: firstToClose, ending: ending, timeWait: timeWait, timeWaitSeen: timeWaitSeen, reset: reset,
            bytes: nil, unacknowledged: nil, retransmitted: nil, directionsSeen: directionsSeen)
    }
}
