import Packets
package import Recordings
import TCPSockets

/// Drops retransmissions of what was sent before: on a wire that loses nothing, nobody needs them.
///
/// They come about when the machine is so busy that the laboratory is late. One that is delivered when the other side has
/// closed finds no socket, is answered by a RST, and that ends a TIME-WAIT (RFC 1337): a result of the machine's business and
/// not of the programs.
package struct SpuriousCopies: Rule {
    private struct Sender: Hashable {
        let connection: FourTuple
        let side: Side
    }

    /// The sequence number behind everything that was sent.
    private var ends: [Sender: UInt32] = [:]

    private let side: Side?

    /// - Parameter side: Whose copies; nil for both sides'.
    package init(from side: Side? = nil) {
        self.side = side
    }

    package mutating func consider(_ captured: CapturedSegment) -> Decision? {
        let segment = captured.segment
        guard segment.length > 0, side == nil || side == captured.from else { return nil }
        let sender = Sender(connection: captured.connection, side: captured.from)
        if let end = ends[sender], segment.end.distance(after: end) <= 0 { return .drop }
        ends[sender] = segment.end
        return nil
    }
}

/// Drops retransmissions of what the other side has already: it has acknowledged it, or its state shows that it has the FIN, and
/// so everything before that. The same for programs of which nothing is known. Any other copy may be needed: a listener whose
/// queue is full has taken no SYN, for instance.
package struct NeedlessCopies: Rule {
    private struct Sender: Hashable {
        let connection: FourTuple
        let side: Side
    }

    /// The states of those who have had a FIN (RFC 9293 section 3.3.2).
    private static let withFIN: Set<TCPState> = [.closeWait, .closing, .lastAck, .timeWait]

    /// The highest acknowledgement number that each has sent.
    private var acknowledged: [Sender: UInt32] = [:]
    /// The sequence number behind everything that each has sent.
    private var ends: [Sender: UInt32] = [:]

    package init() {}

    package mutating func consider(_ captured: CapturedSegment) -> Decision? {
        let segment = captured.segment
        let sender = Sender(connection: captured.connection, side: captured.from)
        let receiver = Sender(connection: captured.connection, side: captured.from.other)
        if segment.flags.contains(.syn) {
            // Numbers begin anew.
            (acknowledged[receiver], ends[sender]) = (nil, nil)
        } else if segment.length > 0 {
            func isBehind(_ number: UInt32?) -> Bool { number.map { segment.end.distance(after: $0) <= 0 } ?? false }
            let hasFIN = Self.withFIN.contains(captured.states.state(captured.from.other))
            if isBehind(acknowledged[receiver]) || hasFIN && isBehind(ends[sender]) { return .drop }
            ends[sender] = isBehind(ends[sender]) ? ends[sender] : segment.end
        }
        guard segment.flags.contains(.ack), !segment.flags.contains(.rst) else { return nil }
        if let number = acknowledged[sender], segment.acknowledgement.distance(after: number) <= 0 { return nil }
        acknowledged[sender] = segment.acknowledgement
        return nil
    }
}
