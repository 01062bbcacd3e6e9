package import TCPSockets

/// What the header of a segment says, without its options and its payload: enough to tell a connection's story, and small
/// enough to read many.
package struct SegmentHeader: Hashable, Sendable {
    package let source: Endpoint
    package let destination: Endpoint
    package let sequence: UInt32
    /// Meaningful with ACK only.
    package let acknowledgement: UInt32
    package let flags: Segment.Flags
    /// In bytes.
    package let payloadLength: Int

    package init(
        source: Endpoint, destination: Endpoint, sequence: UInt32, acknowledgement: UInt32 = 0, flags: Segment.Flags,
        payloadLength: Int = 0
    ) {
        (self.source, self.destination) = (source, destination)
        (self.sequence, self.acknowledgement) = (sequence, acknowledgement)
        (self.flags, self.payloadLength) = (flags, payloadLength)
    }
}

extension Segment {
    package var header: SegmentHeader {
        SegmentHeader(
            source: source, destination: destination, sequence: sequence, acknowledgement: acknowledgement,
            flags: flags, payloadLength: payload.count)
    }
}
