package import TCPSockets

/// One TCP segment (RFC 9293 section 3.1), and the IP packet that carries it.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-------------------------------+-------------------------------+
/// |          source port          |       destination port        |
/// +-------------------------------+-------------------------------+
/// |                        sequence number                        |
/// +---------------------------------------------------------------+
/// |                     acknowledgement number                    |
/// +-------+-------+---------------+-------------------------------+
/// | offset|       |     flags     |            window             |
/// +-------+-------+---------------+-------------------------------+
/// |            checksum           |         urgent pointer        |
/// +-------------------------------+-------------------------------+
/// |                    options, then the payload                  |
/// ```
package struct Segment: Hashable, Sendable {
    /// The control bits.
    package struct Flags: OptionSet, Hashable, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        package static let fin = Flags(rawValue: 1)
        package static let syn = Flags(rawValue: 2)
        package static let rst = Flags(rawValue: 4)
        package static let psh = Flags(rawValue: 8)
        package static let ack = Flags(rawValue: 16)
        package static let urg = Flags(rawValue: 32)
    }

    package let source: Endpoint
    package let destination: Endpoint
    package let sequence: UInt32
    /// Meaningful with ACK only.
    package let acknowledgement: UInt32
    package let flags: Flags
    /// As it stands in the header, unscaled.
    package let window: UInt16
    package let options: [SegmentOption]
    package let payload: [UInt8]
    /// The whole IP packet.
    package let packet: [UInt8]

    /// How much of the sequence space it takes up: SYN and FIN count as one byte each (RFC 9293 section 3.4).
    package var length: UInt32 {
        UInt32(payload.count) + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
    }

    /// The sequence number behind its last byte.
    package var end: UInt32 { sequence &+ length }

    /// ACK and nothing else: no data, no other flag but ACK.
    package var isPureAcknowledgement: Bool { payload.isEmpty && flags == .ack }
}

extension Segment {
    private static let tcp: UInt8 = 6

    /// Reads an IPv4 or IPv6 packet; nil where it holds no whole TCP segment.
    ///
    /// Lengths come from the packet itself, and none is trusted.
    package init?(packet: [UInt8]) {
        guard let (source, destination, header) = Self.addresses(of: packet) else { return nil }
        let segment = packet[header...]
        guard segment.count >= 20 else { return nil }
        let offset = Int(segment[header + 12] >> 4) * 4
        guard offset >= 20, offset <= segment.count else { return nil }
        self.source = Endpoint(source, port: segment.number(at: header))
        self.destination = Endpoint(destination, port: segment.number(at: header + 2))
        sequence = segment.number(at: header + 4)
        acknowledgement = segment.number(at: header + 8)
        flags = Flags(rawValue: segment[header + 13])
        window = segment.number(at: header + 14)
        options = SegmentOption.parse(segment[(header + 20)..<(header + offset)])
        payload = Array(segment[(header + offset)...])
        self.packet = packet
    }

    /// The addresses of an IP packet, and where the TCP header begins in it. (RFC 791 section 3.1, RFC 8200 section 3.)
    private static func addresses(of packet: [UInt8]) -> (IPAddress, IPAddress, header: Int)? {
        guard let first = packet.first else { return nil }
        switch first >> 4 {
        case 4:
            let header = Int(first & 0x0F) * 4
            guard packet.count >= 20, header >= 20, header <= packet.count, packet[9] == tcp,
                Int(packet[...].number(at: 2) as UInt16) == packet.count,
                // A fragment, by its offset or the flag for more (RFC 791 section 3.1): TCP's header, or the rest, is
                // elsewhere.
                packet[...].number(at: 6) & UInt16(0x3FFF) == 0
            else { return nil }
            let source: UInt32 = packet[...].number(at: 12)
            let destination: UInt32 = packet[...].number(at: 16)
            return (
                IPAddress(family: .v4, bits: UInt128(source)), IPAddress(family: .v4, bits: UInt128(destination)),
                header
            )
        case 6:
            // Extension headers do not occur on the laboratory's wire; a packet with one is not read.
            guard packet.count >= 40, packet[6] == tcp, Int(packet[...].number(at: 4) as UInt16) == packet.count - 40
            else { return nil }
            return (
                IPAddress(family: .v6, bits: packet[...].number(at: 8)),
                IPAddress(family: .v6, bits: packet[...].number(at: 24)), 40
            )
        default: return nil
        }
    }
}

extension ArraySlice<UInt8> {
    /// A number in network byte order. The corresponding C functions are `ntohs` and `ntohl`.
    func number<Number: FixedWidthInteger & UnsignedInteger>(at index: Int) -> Number {
        self[index..<(index + Number.bitWidth / 8)].reduce(0) { $0 << 8 | Number($1) }
    }
}

extension Segment.Flags {
    /// Such as "FIN ACK".
    package func names(joinedBy separator: String) -> String {
        let all: [(Self, String)] = [
            (.syn, "SYN"), (.fin, "FIN"), (.rst, "RST"), (.psh, "PSH"), (.urg, "URG"), (.ack, "ACK"),
        ]
        let names = all.filter { contains($0.0) }.map(\.1)
        return names.isEmpty ? "no flags" : names.joined(separator: separator)
    }
}
