/// From a link's header through the tags that may come before IP: VLANs, one in another (IEEE 802.1Q, 802.1ad), VN-Tag
/// (IEEE 802.1BR), MPLS (RFC 3032), PPPoE (RFC 2516), LLC with SNAP (RFC 1042).
enum Tags {
    /// More than a network has any use for: a packet with more is somebody's joke.
    private static let limit = 16

    static func ethernet(_ packet: PacketBytes, at place: Int) -> Next {
        type(packet, at: place + 12)
    }

    /// - Parameter place: Where an EtherType stands.
    static func type(_ packet: PacketBytes, at place: Int) -> Next {
        guard packet.count >= place + 2 else { return .none(.cut) }
        return next(packet, type: packet.number(at: place), at: place + 2)
    }

    /// - Parameters:
    ///   - type: An EtherType, or, below 1536, the length of an LLC frame (IEEE 802.3 section 3.2.6).
    ///   - start: What it speaks of.
    static func next(_ packet: PacketBytes, type: UInt16, at start: Int) -> Next {
        var (type, place) = (type, start)
        for _ in 0..<limit {
            switch type {
            case 0x0800, 0x86DD: return .internet(at: place)
            // The tag's number, then the next EtherType.
            case 0x8100, 0x88A8, 0x9100, 0x9200: place += 2
            case 0x8926: place += 4
            case 0x8847, 0x8848: return labels(packet, at: place)
            case 0x8864: return pointToPoint(packet, at: place + 6)
            // LINKTYPE_LINUX_SLL: 802.3 frames without their length, or 802.2 ones.
            case 0x0001: return .none(.notIP)
            case 0..<1536, 0x0004:
                guard packet.count >= place + 8 else { return .none(.notIP) }
                // LLC: DSAP, SSAP, control; SNAP: organisation, EtherType.
                guard packet.number(UInt32.self, at: place) == 0xAAAA_0300,
                    packet.number(UInt16.self, at: place + 4) == 0
                else { return .none(.notIP) }
                place += 6
            case 0x88E7, 0x8903: return .none(.tunnel)
            default: return .none(.notIP)
            }
            guard packet.count >= place + 2 else { return .none(.cut) }
            type = packet.number(at: place)
            place += 2
        }
        return .none(.notIP)
    }

    /// Four bytes each, up to the one that says it is the last (RFC 3032 section 2.1). What follows, no label tells: IP, by its
    /// first four bits, or something else.
    private static func labels(_ packet: PacketBytes, at start: Int) -> Next {
        var place = start
        for _ in 0..<limit {
            guard packet.count >= place + 5 else { return .none(.cut) }
            let isLast = packet[place + 2] & 1 == 1
            place += 4
            if isLast { return [4, 6].contains(packet[place] >> 4) ? .internet(at: place) : .none(.tunnel) }
        }
        return .none(.notIP)
    }

    /// The protocol's number, of two bytes or, compressed, of one, behind HDLC's FF 03 where that is there (RFC 1661 section 6.5,
    /// RFC 1662 section 3.1).
    static func pointToPoint(_ packet: PacketBytes, at start: Int) -> Next {
        var place = start
        if packet.count >= place + 2, packet.number(UInt16.self, at: place) == 0xFF03 { place += 2 }
        guard packet.count >= place + 2 else { return .none(.cut) }
        if packet[place] & 1 == 1 {
            return [0x21, 0x57].contains(packet[place]) ? .internet(at: place + 1) : .none(.notIP)
        }
        switch packet.number(UInt16.self, at: place) {
        case 0x0021, 0x0057: return .internet(at: place + 2)
        case 0x0281, 0x0283: return labels(packet, at: place + 2)
        default: return .none(.notIP)
        }
    }
}
