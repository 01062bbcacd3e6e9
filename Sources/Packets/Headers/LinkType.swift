/// How a packet begins: the header that comes before IP, by the number that captures know it by
/// (<https://www.tcpdump.org/linktypes.html>).
package struct LinkType: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// BSD loopback: the address family in the byte order of the host that captured.
    package static let null = LinkType(rawValue: 0)
    package static let ethernet = LinkType(rawValue: 1)
    /// Eight bits of frame control, two addresses, and LLC.
    package static let fddi = LinkType(rawValue: 10)
    /// PPP, with or without HDLC's address and control bytes.
    package static let ppp = LinkType(rawValue: 9)
    package static let pppHDLC = LinkType(rawValue: 50)
    package static let pppEthernet = LinkType(rawValue: 51)
    /// IP at once; 12 and 14 are what libpcap calls it within programs, and stand in some files.
    package static let raw = LinkType(rawValue: 101)
    package static let rawInPrograms = LinkType(rawValue: 12)
    package static let rawOfOpenBSD = LinkType(rawValue: 14)
    package static let ciscoHDLC = LinkType(rawValue: 104)
    /// OpenBSD loopback: the address family in network byte order.
    package static let loop = LinkType(rawValue: 108)
    /// Linux, "cooked": of the interface `any` (SLL).
    package static let linuxCooked = LinkType(rawValue: 113)
    package static let packetFilterLog = LinkType(rawValue: 117)
    package static let ipv4 = LinkType(rawValue: 228)
    package static let ipv6 = LinkType(rawValue: 229)
    package static let netfilterLog = LinkType(rawValue: 239)
    /// The second version of SLL.
    package static let linuxCooked2 = LinkType(rawValue: 276)

    /// Whether `Packet` can find IP behind it.
    package var isKnown: Bool {
        switch self {
        case .null, .ethernet, .fddi, .ppp, .pppHDLC, .pppEthernet, .raw, .rawInPrograms, .rawOfOpenBSD, .ciscoHDLC,
            .loop,
            .linuxCooked, .packetFilterLog, .ipv4, .ipv6, .netfilterLog, .linuxCooked2:
            true
        default: false
        }
    }
}

/// What comes next in a packet, and where it begins.
enum Next {
    /// IPv4 or IPv6: its first four bits tell.
    case internet(at: Int)
    case none(Packet.Other)
}

extension LinkType {
    /// Finds IP behind the header of the link.
    func next(in packet: PacketBytes) -> Next {
        switch self {
        case .ethernet: return Tags.ethernet(packet, at: 0)
        case .raw, .rawInPrograms, .rawOfOpenBSD, .ipv4, .ipv6: return .internet(at: 0)
        case .null, .loop: return .internet(at: 4)
        case .fddi: return Tags.next(packet, type: 0, at: 13)
        case .linuxCooked: return Tags.type(packet, at: 14)
        case .linuxCooked2:
            guard packet.count >= 20 else { return .none(.cut) }
            return Tags.next(packet, type: packet.number(at: 0), at: 20)
        case .ppp, .pppHDLC: return Tags.pointToPoint(packet, at: 0)
        case .pppEthernet: return Tags.pointToPoint(packet, at: 6)
        case .ciscoHDLC: return Tags.type(packet, at: 2)
        case .packetFilterLog:
            guard packet.count >= 4 else { return .none(.cut) }
            return .internet(at: (Int(packet[0]) + 3) / 4 * 4)
        case .netfilterLog: return netfilterLog(packet)
        default: return .none(.unknownLink)
        }
    }

    /// Pieces with a length and a type in the byte order of the host; the payload has type 9
    /// (include/uapi/linux/netfilter/nfnetlink_log.h, NFULA_PAYLOAD). Little-endian, as nearly all hosts are.
    private func netfilterLog(_ packet: PacketBytes) -> Next {
        var place = 4
        while packet.count - place >= 4 {
            let length = Int(UInt16(packet.number(UInt16.self, at: place).byteSwapped))
            let type = packet.number(UInt16.self, at: place + 2).byteSwapped & 0x7FFF
            if type == 9 { return .internet(at: place + 4) }
            guard length >= 4 else { break }
            place += (length + 3) / 4 * 4
        }
        return .none(.cut)
    }
}
