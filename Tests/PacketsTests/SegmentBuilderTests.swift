import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import TestSupport

@Suite("A segment that is made", .timeLimit(.minutes(5)))
struct SegmentBuilderTests {
    private static let options: [[SegmentOption]] = [
        [], [.maximumSegmentSize(1460)], [.windowScale(7)], [.timestamps(value: .max, echo: 1)],
        [.selectiveAcknowledgementPermitted, .maximumSegmentSize(536), .other(kind: 253, bytes: [1, 2, 3])],
        [.selectiveAcknowledgement([.init(start: .max, end: 4), .init(start: 10, end: 20)])],
        // All 40 bytes.
        [.other(kind: 254, bytes: [UInt8](repeating: 0xFF, count: 38))],
    ]

    @Test("is read back as it was, and its checksums are right", arguments: IPAddress.Family.allCases, options)
    func roundTrip(_ family: IPAddress.Family, _ options: [SegmentOption]) throws {
        let payloads: [[UInt8]] = [[], [1], [0xFF, 0xFF], Array(0...100), [UInt8](repeating: 0xFF, count: 1399)]
        for payload in payloads {
            for flags in [[.syn], [.fin, .ack], [.psh, .ack, .urg], [.rst]] as [Segment.Flags] {
                let segment = Segment(
                    from: Endpoint(Side.client.address(family), port: 50_001),
                    to: Endpoint(Side.server.address(family), port: 7000), sequence: 0xFFFF_FFFE,
                    acknowledgement: 0x8000_0001, flags: flags, window: 65_535, options: options, payload: payload)
                #expect(Segment(packet: segment.packet) == segment)
                #expect(Checksums(of: segment.packet) == Checksums(ip: true, tcp: true))
                var damaged = segment.packet
                damaged[damaged.count - 1] ^= 1
                #expect(Checksums(of: damaged) == Checksums(ip: true, tcp: false))
            }
        }
    }

    @Test("Real packets have right checksums by the same reckoning", arguments: CapturedPacket.all)
    func captured(_ captured: CapturedPacket) {
        #expect(Checksums(of: captured.bytes) == Checksums(ip: true, tcp: true))
    }

    @Test(
        "A kernel obeys it: a SYN to a closed port is answered by a RST",
        .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"), arguments: IPAddress.Family.allCases)
    func kernel(_ family: IPAddress.Family) async throws {
        let world = try await World()
        let syn = Segment(
            from: Endpoint(Side.client.address(family), port: 50_001),
            to: Endpoint(Side.server.address(family), port: 7777), sequence: 1_000_000, flags: .syn,
            window: 1024, options: [.maximumSegmentSize(1400)])
        let number = try world.wire.inject(syn, from: .client)
        let answer = try await world.wire.recording.until("an answer to the SYN") { recording in
            recording.segments.first { $0.from == .server }
        }
        // RFC 9293 section 3.10.7.1.
        #expect(answer.segment.flags == [.rst, .ack])
        #expect(answer.segment.sequence == 0)
        #expect(answer.segment.acknowledgement == 1_000_001)
        #expect(answer.connection == FourTuple(client: syn.source, server: syn.destination))
        #expect(answer.number == number + 1)
        #expect(answer.origin == .host)
        let injected = world.wire.recording.read { $0.segments[number] }
        #expect(injected.origin == .wire)
        #expect(injected.fate == .delivered)
    }

    @Test(
        "A kernel drops it when its checksum is wrong",
        .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"))
    func wrongChecksum() async throws {
        let world = try await World()
        let before = try world.server.counters.read()
        var packet = Segment.sample(flags: .syn).packet
        packet[36] ^= 0x55
        try world.wire.inject(try #require(Segment(packet: packet)), from: .client)
        #expect(try world.server.counters.read().growth(since: before)["Tcp:InCsumErrors"] == 1)
        #expect(world.wire.recording.read { $0.segments.count } == 1)
    }
}

/// Whether a packet's checksums are right: reckoned from RFC 1071 with whole sums in wide numbers, and without a line of
/// the laboratory's.
private struct Checksums: Hashable {
    let ip: Bool
    let tcp: Bool

    init(ip: Bool, tcp: Bool) {
        (self.ip, self.tcp) = (ip, tcp)
    }

    init(of packet: [UInt8]) {
        let isV4 = packet[0] >> 4 == 4
        let header = isV4 ? Int(packet[0] & 15) * 4 : 40
        let addresses = isV4 ? packet[12..<20] : packet[8..<40]
        let length = packet.count - header
        let pseudo = Array(addresses) + [0, 0, UInt8(length >> 8), UInt8(length & 255), 0, 6]
        ip = !isV4 || Self.sum(Array(packet[..<header])) % 0xFFFF == 0
        tcp = Self.sum(pseudo + packet[header...]) % 0xFFFF == 0
    }

    /// The sum of 16-bit words; one that is right, checksum included, is a multiple of 0xFFFF.
    private static func sum(_ bytes: [UInt8]) -> Int {
        bytes.enumerated().reduce(0) { $0 + Int($1.element) << ($1.offset % 2 == 0 ? 8 : 0) }
    }
}
