/// A captured packet, read no further than to its TCP header.
package enum Packet {
    case segment(SegmentFields)
    case unreachable(Unreachable)
    case other(Other)

    /// What is not read, and why.
    package enum Other: Int, CaseIterable, Hashable, Sendable {
        /// UDP, most of ICMP, and whatever else IP carries.
        case notTCP
        /// ARP and whatever else is not IP.
        case notIP
        /// TCP's header, or the rest, is elsewhere.
        case fragment
        /// There may be TCP inside, of other hosts.
        case tunnel
        /// Too little was captured of it.
        case cut
        /// Its headers contradict themselves.
        case damaged
        case unknownLink
    }

    /// - Parameters:
    ///   - bytes: As much of it as was captured.
    ///   - length: How long it was.
    package init(_ bytes: PacketBytes, link: LinkType, length: Int) {
        switch link.next(in: bytes) {
        case .none(let other): self = .other(other)
        case .internet(let place):
            guard bytes.count > place else {
                self = .other(.cut)
                return
            }
            let packet = bytes.dropFirst(place)
            switch packet[0] >> 4 {
            case 4: self = Self.version4(packet, at: place, length: length - place)
            case 6: self = Self.version6(packet, at: place, length: length - place)
            default: self = .other(.notIP)
            }
        }
    }

    /// RFC 791 section 3.1.
    private static func version4(_ packet: PacketBytes, at place: Int, length: Int) -> Packet {
        guard packet.count >= 20 else { return .other(.cut) }
        let header = Int(packet[0] & 0x0F) * 4
        guard header >= 20 else { return .other(.damaged) }
        // A host that leaves the splitting to its card counts none (TCP segmentation offload).
        let total = Int(packet.number(UInt16.self, at: 2))
        let end = total == 0 ? length : min(total, length)
        guard header <= end else { return .other(.damaged) }
        // By its offset, or the flag for more.
        guard packet.number(UInt16.self, at: 6) & 0x3FFF == 0 else { return .other(.fragment) }
        let (source, destination): (UInt32, UInt32) = (packet.number(at: 12), packet.number(at: 16))
        return transport(
            packet[9], packet.prefix(end), from: PackedEnd(v4: source), to: PackedEnd(v4: destination),
            header: header, end: end, place: place)
    }

    /// RFC 8200 section 3. A jumbogram counts no length (RFC 2675 section 2).
    private static func version6(_ packet: PacketBytes, at place: Int, length: Int) -> Packet {
        guard packet.count >= 40 else { return .other(.cut) }
        let payload = Int(packet.number(UInt16.self, at: 4))
        let end = payload == 0 ? length : min(40 + payload, length)
        guard end >= 40 else { return .other(.damaged) }
        let source = PackedEnd(high: packet.number(at: 8), low: packet.number(at: 16))
        let destination = PackedEnd(high: packet.number(at: 24), low: packet.number(at: 32))
        return transport(
            packet[6], packet.prefix(end), from: source, to: destination, header: 40, end: end, place: place)
    }

    /// Passes over extension headers (RFC 8200 section 4) and that of IPsec's authentication (RFC 4302 section 2).
    private static func transport(
        _ first: UInt8, _ packet: PacketBytes, from source: PackedEnd, to destination: PackedEnd, header: Int, end: Int,
        place: Int
    ) -> Packet {
        var (next, header) = (first, header)
        for _ in 0..<16 {
            switch next {
            case 6:
                return SegmentFields.read(packet, from: source, to: destination, at: header, end: end, place: place)
            case 0, 43, 60, 135, 139, 140, 51:
                guard packet.count >= header + 8 else { return .other(.cut) }
                let length = next == 51 ? (Int(packet[header + 1]) + 2) * 4 : (Int(packet[header + 1]) + 1) * 8
                next = packet[header]
                header += length
            case 44:
                guard packet.count >= header + 8 else { return .other(.cut) }
                // One that is whole in spite of it is called atomic (RFC 6946 section 2).
                guard packet.number(UInt16.self, at: header + 2) & 0xFFF9 == 0 else { return .other(.fragment) }
                next = packet[header]
                header += 8
            case 1, 58:
                guard source.isV6 == (next == 58), let error = Unreachable(packet, at: header, isV6: source.isV6) else {
                    return .other(.notTCP)
                }
                return .unreachable(error)
            case 17: return .other(isTunnel(packet, at: header) ? .tunnel : .notTCP)
            // IP in IP, IPv6 in IPv4, GRE, ESP, Ethernet in IP, L2TP.
            case 4, 41, 47, 50, 97, 115, 137: return .other(.tunnel)
            default: return .other(.notTCP)
            }
        }
        return .other(.damaged)
    }

    /// Whether UDP goes to a port, or comes from one, of Teredo (RFC 4380), VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U
    /// (3GPP TS 29.281), L2TP (RFC 2661), or IPsec (RFC 3948).
    private static func isTunnel(_ packet: PacketBytes, at header: Int) -> Bool {
        guard packet.count >= header + 4 else { return false }
        return [0, 2].contains { offset in
            let port: UInt16 = packet.number(at: header + offset)
            return [3544, 4789, 6081, 2152, 1701, 4500].contains(port)
        }
    }
}
