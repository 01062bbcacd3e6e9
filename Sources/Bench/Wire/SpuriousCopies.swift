import Packets
package import Recordings

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
