import Packets
import Recordings

/// Sequence numbers counted from the beginning of a connection, as people read them.
struct RelativeNumbers {
    private struct End: Hashable {
        let connection: FourTuple
        let side: Side
    }

    private var bases: [End: UInt32] = [:]

    /// A SYN begins a connection anew, even between the same ports. One that the wire has made does not: it shows where
    /// it would stand in the connection that there is.
    mutating func arrow(_ captured: CapturedSegment) -> SequenceDiagram.Arrow {
        let segment = captured.segment
        let own = End(connection: captured.connection, side: captured.from)
        let other = End(connection: captured.connection, side: captured.from.other)
        let acknowledges = segment.flags.contains(.ack)
        if bases[own] == nil || segment.flags.contains(.syn) && captured.origin == .host {
            bases[own] = segment.sequence
        }
        if acknowledges, bases[other] == nil { bases[other] = segment.acknowledgement }
        return SequenceDiagram.Arrow(
            number: captured.number, from: captured.from, isInjected: captured.origin == .wire,
            flags: segment.flags.names(joinedBy: " "), sequence: segment.sequence.distance(from: bases[own]),
            acknowledgement: acknowledges ? segment.acknowledgement.distance(from: bases[other]) : nil,
            payload: segment.payload.count)
    }
}

extension UInt32 {
    /// How far it lies behind a number of the same sequence space, or before it (RFC 9293 section 3.4).
    fileprivate func distance(from base: UInt32?) -> Int { distance(after: base ?? 0) }
}
