import Glibc
import Testing

@testable import Bench
@testable import Packets
@testable import TestSupport

@Suite("A packet that lies", .timeLimit(.minutes(5)))
struct HostileSegmentTests {
    /// Where the TCP header begins.
    private static func header(_ packet: [UInt8]) -> Int { packet[0] >> 4 == 4 ? 20 : 40 }

    private static let data = CapturedPacket.all.filter { $0.name.hasSuffix("data") }

    @Test("is refused when it is cut off anywhere", arguments: CapturedPacket.all)
    func prefixes(_ captured: CapturedPacket) {
        for count in captured.bytes.indices {
            #expect(Segment(packet: Array(captured.bytes.prefix(count))) == nil, "\(count) bytes")
        }
    }

    @Test("is refused when a byte follows its end", arguments: CapturedPacket.all)
    func surplus(_ captured: CapturedPacket) {
        #expect(Segment(packet: captured.bytes + [0]) == nil)
    }

    @Test("is refused with any length of the whole but its own", arguments: data)
    func totalLength(_ captured: CapturedPacket) {
        var packet = captured.bytes
        let field = packet[0] >> 4 == 4 ? 2 : 4
        let honest = Array(packet[field..<(field + 2)])
        for lie in 0...UInt16.max where lie.bytes != honest {
            packet.replaceSubrange(field..<(field + 2), with: lie.bytes)
            guard Segment(packet: packet) == nil else {
                Issue.record("a length of \(lie) was believed")
                return
            }
        }
    }

    @Test(
        "is refused with a data offset inside the header or behind the end, and read with any between", arguments: data)
    func dataOffset(_ captured: CapturedPacket) {
        var packet = captured.bytes
        let header = Self.header(packet)
        let size = packet.count - header
        for words in UInt8(0)...15 {
            packet[header + 12] = words << 4
            let segment = Segment(packet: packet)
            #expect((segment != nil) == (20...size).contains(Int(words) * 4), "\(words) words")
            #expect(segment?.payload.count == (segment == nil ? nil : size - Int(words) * 4))
        }
    }

    @Test("is refused when its IPv4 header length is below the smallest, or leaves no room for TCP")
    func headerLength() throws {
        let captured = try #require(Self.data.first { $0.name.hasPrefix("IPv4") })
        var packet = captured.bytes
        for words in UInt8(0)...15 {
            packet[0] = 0x40 | words
            let segment = Segment(packet: packet)
            // Behind a header of 24 bytes and more, the bytes that stand for the data offset are others.
            if words < 5 || Int(words) * 4 + 20 > packet.count { #expect(segment == nil, "\(words) words") }
            if words == 5 { #expect(segment != nil) }
        }
    }

    @Test("is refused when it is no TCP, or of no known IP version", arguments: data)
    func otherProtocols(_ captured: CapturedPacket) {
        var packet = captured.bytes
        let field = packet[0] >> 4 == 4 ? 9 : 6
        for other in UInt8.min ... .max where other != 6 {
            packet[field] = other
            #expect(Segment(packet: packet) == nil, "protocol \(other)")
        }
        packet = captured.bytes
        for version in UInt8(0)...15 where version != captured.bytes[0] >> 4 {
            packet[0] = version << 4 | packet[0] & 0x0F
            #expect(Segment(packet: packet) == nil, "version \(version)")
        }
    }

    @Test(
        "is refused when it is a fragment: the rest of the segment is elsewhere", arguments: [0x2000, 0x0001, 0x1FFF])
    func fragment(_ field: UInt16) throws {
        var packet = try #require(Self.data.first { $0.name.hasPrefix("IPv4") }).bytes
        packet.replaceSubrange(6..<8, with: field.bytes)
        #expect(Segment(packet: packet) == nil)
        packet.replaceSubrange(6..<8, with: UInt16(0x4000).bytes)
        #expect(Segment(packet: packet) != nil)
    }

    @Test(
        "has its options read as far as they make sense",
        arguments: [
            ([0, 0, 0, 0], []),
            ([1, 1, 1, 1], []),
            // A length of 0, or of 1, would never end.
            ([2, 0, 5, 180], []),
            ([2, 1, 5, 180], []),
            ([4, 2, 3, 0], [.selectiveAcknowledgementPermitted]),
            // Longer than the header.
            ([4, 2, 8, 10], [.selectiveAcknowledgementPermitted]),
            ([1, 1, 1, 255], []),
            ([2, 255, 0, 0], []),
            // Nothing counts behind the end of the list.
            ([0, 4, 2, 0], []),
            // A kind that stands without its length.
            ([1, 1, 1, 2], []),
            // Known kinds with bodies of another size.
            ([2, 3, 5, 1], [.other(kind: 2, bytes: [5])]),
            ([3, 2, 4, 2], [.other(kind: 3, bytes: []), .selectiveAcknowledgementPermitted]),
            ([5, 2, 8, 2], [.other(kind: 5, bytes: []), .other(kind: 8, bytes: [])]),
            ([5, 4, 1, 2], [.other(kind: 5, bytes: [1, 2])]),
            ([253, 4, 1, 2], [.other(kind: 253, bytes: [1, 2])]),
        ] as [([UInt8], [SegmentOption])])
    func options(_ bytes: [UInt8], _ expected: [SegmentOption]) {
        #expect(SegmentOption.parse(bytes[...]) == expected)
        // The same where the bytes are not at the beginning of their array.
        #expect(SegmentOption.parse(([9, 9, 9] + bytes)[3...]) == expected)
    }

    @Test("50,000 damaged packets are read or refused, soon, and never believed to be longer than they are")
    func fuzz() async throws {
        // Not in the way of the tests that wait for something.
        let refused = try #require(try await onThread { Self.refusals(50_000) }, "it took too long, or went wrong")
        // The damage is neither harmless nor always fatal, or the rounds would prove little.
        #expect((10_000...45_000).contains(refused), "\(refused) of 50,000 were refused")
    }

    /// How many were refused; nil where one was misread, or where it took more than twenty seconds of processor time.
    private static func refusals(_ rounds: Int) -> Int? {
        let packets = CapturedPacket.all.map(\.bytes)
        var generator = SplitMix64(seed: 793)
        var refused = 0
        for _ in 0..<rounds {
            let packet = generator.damage(packets[Int.random(in: packets.indices, using: &generator)])
            guard let segment = Segment(packet: packet) else {
                refused += 1
                continue
            }
            guard segment.packet == packet, segment.payload.count <= packet.count - 40,
                segment.payload.elementsEqual(packet.suffix(segment.payload.count))
            else {
                return nil
            }
        }
        var used = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used)
        return used.tv_sec < 20 ? refused : nil
    }
}

extension SplitMix64 {
    /// Changes, loses or adds up to four bytes, mostly in the headers; sometimes makes the length right again.
    fileprivate mutating func damage(_ packet: [UInt8]) -> [UInt8] {
        var packet = packet
        for _ in 0..<Int.random(in: 0...4, using: &self) {
            let place = Int.random(in: 0..<packet.count, using: &self)
            switch Int.random(in: 0...9, using: &self) {
            case 0...5: packet[place] = .random(in: .min ... .max, using: &self)
            case 6: packet[place] ^= 1 << UInt8.random(in: 0...7, using: &self)
            case 7: packet.remove(at: place)
            case 8: packet.insert(.random(in: .min ... .max, using: &self), at: place)
            default: packet.removeSubrange(place...)
            }
            if packet.isEmpty { return [] }
        }
        if Bool.random(using: &self), packet.count >= 40 {
            if packet[0] >> 4 == 4 { packet.replaceSubrange(2..<4, with: UInt16(packet.count).bytes) }
            if packet[0] >> 4 == 6 { packet.replaceSubrange(4..<6, with: UInt16(packet.count - 40).bytes) }
        }
        return packet
    }
}
