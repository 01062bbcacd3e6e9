package import TCPSockets

/// What the headers of a captured segment say, in words of the processor: to be read by the hundred thousand.
package struct SegmentFields: Sendable {
    package let source, destination: PackedEnd
    package let sequence: UInt32
    /// Meaningful with ACK only.
    package let acknowledgement: UInt32
    package let flags: Segment.Flags
    /// As it stands in the header, unscaled.
    package let window: UInt16
    /// In bytes, by IP's own count: not all of them need have been captured.
    package let payloadLength: Int
    /// The value of the timestamps option (RFC 7323 section 3.2), where it stands in its usual place.
    package let timestamp: UInt32?
    /// Where IP begins in the packet.
    package let internetStart: Int

    /// RFC 9293 section 3.1.
    static func read(
        _ packet: PacketBytes, from source: PackedEnd, to destination: PackedEnd, at header: Int, end: Int, place: Int
    ) -> Packet {
        guard end - header >= 20 else { return .other(.damaged) }
        guard packet.count >= header + 20 else { return .other(.cut) }
        let offset = Int(packet[header + 12] >> 4) * 4
        guard offset >= 20, header + offset <= end else { return .other(.damaged) }
        var (source, destination) = (source, destination)
        source.port = packet.number(at: header)
        destination.port = packet.number(at: header + 2)
        return .segment(
            SegmentFields(
                source: source, destination: destination, sequence: packet.number(at: header + 4),
                acknowledgement: packet.number(at: header + 8), flags: Segment.Flags(rawValue: packet[header + 13]),
                window: packet.number(at: header + 14), payloadLength: end - header - offset,
                timestamp: timestamp(packet, from: header + 20, to: header + offset), internetStart: place))
    }

    private static func timestamp(_ packet: PacketBytes, from start: Int, to end: Int) -> UInt32? {
        var place = start
        while place < min(end, packet.count) {
            switch packet[place] {
            case 0: return nil
            case 1: place += 1
            case let kind:
                guard place + 1 < packet.count else { return nil }
                let length = Int(packet[place + 1])
                guard length >= 2, place + length <= min(end, packet.count) else { return nil }
                if kind == 8, length == 10 { return packet.number(UInt32.self, at: place + 2) }
                place += length
            }
        }
        return nil
    }
}

extension SegmentFields {
    package func header(from source: Endpoint, to destination: Endpoint) -> SegmentHeader {
        SegmentHeader(
            source: source, destination: destination, sequence: sequence, acknowledgement: acknowledgement,
            flags: flags, payloadLength: payloadLength)
    }

    package var header: SegmentHeader { header(from: source.endpoint, to: destination.endpoint) }
}
