package import TCPSockets

extension Segment {
    /// A segment that no host has sent, for injection: its packet is made here, checksums included.
    package init(
        from source: Endpoint, to destination: Endpoint, sequence: UInt32, acknowledgement: UInt32 = 0, flags: Flags,
        window: UInt16 = 0, options: [SegmentOption] = [], payload: [UInt8] = []
    ) {
        precondition(source.address.family == destination.address.family, "one packet has one IP version")
        let optionBytes = SegmentOption.bytes(of: options)
        precondition(optionBytes.count <= 40, "a TCP header has room for 40 bytes of options")
        let offset = UInt8(20 + optionBytes.count) / 4
        var tcp = source.port.bytes + destination.port.bytes + sequence.bytes + acknowledgement.bytes
        tcp += [offset << 4, flags.rawValue] + window.bytes + [0, 0, 0, 0] + optionBytes + payload
        let sum = internetChecksum(Self.pseudoHeader(source.address, destination.address, tcp.count) + tcp)
        tcp.replaceSubrange(16..<18, with: sum.bytes)

        self.source = source
        self.destination = destination
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.flags = flags
        self.window = window
        self.options = options
        self.payload = payload
        packet = Self.header(source.address, destination.address, tcp.count) + tcp
    }

    /// RFC 9293 section 3.1, and RFC 8200 section 8.1 for IPv6.
    private static func pseudoHeader(_ source: IPAddress, _ destination: IPAddress, _ length: Int) -> [UInt8] {
        source.bytes + destination.bytes + UInt32(length).bytes + [0, 0, 0, tcpProtocol]
    }

    private static func header(_ source: IPAddress, _ destination: IPAddress, _ length: Int) -> [UInt8] {
        switch source.family {
        case .v4:
            var header: [UInt8] = [0x45, 0] + UInt16(20 + length).bytes + [0, 0, 0x40, 0, hops, tcpProtocol, 0, 0]
            header += source.bytes + destination.bytes
            header.replaceSubrange(10..<12, with: internetChecksum(header).bytes)
            return header
        case .v6:
            return [0x60, 0, 0, 0] + UInt16(length).bytes + [tcpProtocol, hops] + source.bytes + destination.bytes
        }
    }

    private static var tcpProtocol: UInt8 { 6 }
    private static var hops: UInt8 { 64 }
}

/// The checksum of IP, TCP and their kin (RFC 1071).
func internetChecksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for index in stride(from: 0, to: bytes.count, by: 2) {
        sum += UInt32(bytes[index]) << 8 | (index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0)
        sum = (sum & 0xFFFF) + (sum >> 16)
    }
    return ~UInt16(truncatingIfNeeded: sum)
}

extension IPAddress {
    /// In network byte order: 4 or 16 bytes.
    var bytes: [UInt8] {
        family == .v4 ? UInt32(truncatingIfNeeded: bits).bytes : bits.bytes
    }
}
