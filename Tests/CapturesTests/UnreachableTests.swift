import Packets
import Stories
import TCPSockets
import Testing

@testable import Captures

@Suite("An ICMP error in a capture", .timeLimit(.minutes(5)))
struct UnreachableTests {
    /// RFC 792: the error's header, and the packet that could not be delivered up to eight bytes behind IP's header.
    private static func error(_ code: UInt8, type: UInt8 = 3, about packet: [UInt8]) -> [UInt8] {
        let quoted = packet.prefix(28)
        let length = UInt16(20 + 8 + quoted.count)
        let header: [UInt8] = [0x45, 0, UInt8(length >> 8), UInt8(length & 255), 0, 0, 0, 0, 64, 1, 0, 0]
        return header + [192, 0, 2, 254] + packet[12..<16] + [type, code, 0, 0, 0, 0, 0, 0] + quoted
    }

    /// RFC 4443 section 3.1.
    private static func error6(_ code: UInt8, about packet: [UInt8]) -> [UInt8] {
        let quoted = packet.prefix(48)
        var header: [UInt8] = [0x60, 0, 0, 0, 0, UInt8(8 + quoted.count), 58, 64]
        header += [UInt8](repeating: 9, count: 16) + packet[8..<24]
        return header + [1, code, 0, 0, 0, 0, 0, 0] + quoted
    }

    @Test(
        "that answers the SYN refuses the connection, and the reason is told",
        arguments: [
            (0, "network unreachable"), (1, "host unreachable"), (3, "port unreachable"),
            (10, "administratively prohibited"),
            (13, "administratively prohibited"),
        ] as [(UInt8, String)])
    func refused(_ code: UInt8, _ reason: String) throws {
        let syn = MadeUpCapture.packets[0]
        let read = try read(MadeUpCapture().pcap([syn, Self.error(code, about: syn)]))
        #expect(read.gist == ["server refused"])
        #expect(read.connections.first?.story.unreachable?.rawValue == reason)
        #expect(read.connections.first?.isUnanswered == false)
        #expect(read.others.isEmpty)
    }

    @Test(
        "over IPv6 as well",
        arguments: [(1, "administratively prohibited"), (3, "host unreachable")] as [(UInt8, String)])
    func version6(_ code: UInt8, _ reason: String) throws {
        let client = Endpoint(IPAddress(family: .v6, bits: 1), port: 40_000)
        let syn = MadeUpCapture.talk(from: client, to: Endpoint(IPAddress(family: .v6, bits: 2), port: 80))[0]
        let read = try read(MadeUpCapture().pcap([syn, Self.error6(code, about: syn)]))
        #expect(read.connections.map { $0.story.unreachable?.rawValue } == [reason])
    }

    @Test("that the server's own answer contradicts refuses nothing")
    func answered() throws {
        let packets = MadeUpCapture.packets
        let read = try read(MadeUpCapture().pcap([packets[0], Self.error(1, about: packets[0])] + packets[1...]))
        #expect(read.gist == ["client fin"])
        #expect(read.connections.first?.story.unreachable == nil)
    }

    @Test("about a later segment, about another connection, or of another kind is left out, and counted")
    func others() throws {
        let packets = MadeUpCapture.packets
        let stranger = MadeUpCapture.talk(
            from: Endpoint(MadeUpCapture.client.address, port: 1), to: MadeUpCapture.server)[0]
        let errors = [
            Self.error(1, about: packets[3]), Self.error(1, about: stranger), Self.error(4, about: packets[0]),
            Self.error(1, type: 11, about: packets[0]), Array(Self.error(1, about: packets[0]).prefix(40)),
        ]
        let read = try read(MadeUpCapture().pcap(Array(packets[..<4]) + errors + packets[4...]))
        #expect(read.gist == ["client fin"])
        #expect(read.others == [.notTCP: 5])
    }
}
