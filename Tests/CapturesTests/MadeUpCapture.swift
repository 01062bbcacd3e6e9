import Packets
import TCPSockets

/// Captures of one connection, made by hand in every format.
struct MadeUpCapture {
    static let client = Endpoint(IPAddress(family: .v4, bits: 0xC000_0201), port: 40_000)
    static let server = Endpoint(IPAddress(family: .v4, bits: 0xC000_0202), port: 80)
    /// When the first packet comes, in seconds since 1970.
    static let start = 1_764_064_800

    /// A question, an answer, and the client closes first.
    static let packets: [[UInt8]] = talk(from: client, to: server)

    static func talk(from client: Endpoint, to server: Endpoint, base: UInt32 = 1000) -> [[UInt8]] {
        func segment(
            _ isClient: Bool, _ sequence: UInt32, _ acknowledgement: UInt32, _ flags: Segment.Flags, _ count: Int = 0
        ) -> [UInt8] {
            let (mine, theirs) = isClient ? (base, UInt32(90_000)) : (90_000, base)
            return Segment(
                from: isClient ? client : server, to: isClient ? server : client, sequence: mine &+ sequence,
                acknowledgement: flags.contains(.ack) ? theirs &+ acknowledgement : 0, flags: flags, window: 1000,
                payload: [UInt8](repeating: 7, count: count)
            ).packet
        }
        return [
            segment(true, 0, 0, .syn), segment(false, 0, 1, [.syn, .ack]), segment(true, 1, 1, .ack),
            segment(true, 1, 1, [.psh, .ack], 10), segment(false, 1, 11, [.psh, .ack], 20),
            segment(true, 11, 21, [.fin, .ack]), segment(false, 21, 12, [.fin, .ack]), segment(true, 12, 22, .ack),
        ]
    }

    var isBigEndian = false
    var isNano = false

    private func number<Number: FixedWidthInteger & UnsignedInteger>(_ value: Number) -> [UInt8] {
        isBigEndian ? value.bytes : value.bytes.reversed()
    }

    /// A microsecond lies between two packets.
    func pcap(_ packets: [[UInt8]] = Self.packets, link: UInt32 = 101, snapshot: Int = 65_535) -> [UInt8] {
        var bytes = number(isNano ? UInt32(0xA1B2_3C4D) : 0xA1B2_C3D4) + number(UInt16(2)) + number(UInt16(4))
        bytes += [0, 0, 0, 0, 0, 0, 0, 0] + number(UInt32(snapshot)) + number(link)
        for (index, packet) in packets.enumerated() {
            let kept = packet.prefix(snapshot)
            bytes += number(UInt32(Self.start)) + number(UInt32(index * (isNano ? 1000 : 1)))
            bytes += number(UInt32(kept.count)) + number(UInt32(packet.count)) + kept
        }
        return bytes
    }

    /// Each packet is of the interface that stands beside it.
    func pcapng(_ packets: [(packet: [UInt8], interface: UInt32)], links: [UInt16]) -> [UInt8] {
        func block(_ kind: UInt32, _ body: [UInt8]) -> [UInt8] {
            let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
            let length = number(UInt32(padded.count + 12))
            return number(kind) + length + padded + length
        }
        var bytes = block(
            0x0A0D_0D0A,
            number(UInt32(0x1A2B_3C4D)) + number(UInt16(1)) + number(UInt16(0)) + [UInt8](repeating: 0xFF, count: 8))
        // Times in nanoseconds, where they are: if_tsresol.
        let options = isNano ? number(UInt16(9)) + number(UInt16(1)) + [9, 0, 0, 0] + [0, 0, 0, 0] : []
        for link in links { bytes += block(1, number(link) + [0, 0] + number(UInt32(0)) + options) }
        for (index, (packet, interface)) in packets.enumerated() {
            let ticks = (UInt64(Self.start) * 1_000_000 + UInt64(index)) * (isNano ? 1000 : 1)
            let length = number(UInt32(packet.count))
            let time = number(UInt32(ticks >> 32)) + number(UInt32(truncatingIfNeeded: ticks))
            bytes += block(6, number(interface) + time + length + length + packet)
        }
        return bytes
    }
}

/// Headers of links, to be put before IPv4.
enum MadeUpLink {
    static let addresses = [UInt8](repeating: 2, count: 12)

    static let all: [(name: String, link: UInt32, header: [UInt8])] = [
        ("raw IP", 101, []), ("raw IP of programs", 12, []), ("IPv4", 228, []),
        ("Ethernet", 1, addresses + [8, 0]), ("802.1Q", 1, addresses + [0x81, 0, 0, 5, 8, 0]),
        ("QinQ", 1, addresses + [0x88, 0xA8, 0, 5, 0x81, 0, 0, 6, 8, 0]),
        ("MPLS", 1, addresses + [0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64]),
        ("PPPoE", 1, addresses + [0x88, 0x64, 0x11, 0, 0, 1, 0, 60, 0, 0x21]),
        ("SNAP", 1, addresses + [0, 60, 0xAA, 0xAA, 3, 0, 0, 0, 8, 0]),
        ("Linux cooked", 113, [UInt8](repeating: 0, count: 14) + [8, 0]),
        ("Linux cooked 2", 276, [8, 0] + [UInt8](repeating: 0, count: 18)),
        ("FDDI", 10, [0x50] + addresses + [0xAA, 0xAA, 3, 0, 0, 0, 8, 0]), ("null", 0, [2, 0, 0, 0]),
        ("loop", 108, [0, 0, 0, 2]), ("PPP", 9, [0xFF, 3, 0, 0x21]),
    ]
}
