import Packets
import Testing

@testable import Captures
@testable import TestSupport

@Suite("A capture that somebody has damaged", .timeLimit(.minutes(10)))
struct HostileCaptureTests {
    static let captures: [[UInt8]] = [
        MadeUpCapture().pcap(), MadeUpCapture(isBigEndian: true, isNano: true).pcap(),
        MadeUpCapture().pcapng(MadeUpCapture.packets.map { ($0, 0) }, links: [101]),
        MadeUpCapture(isBigEndian: true, isNano: true).pcapng(
            MadeUpCapture.packets.map { (MadeUpLink.addresses + [8, 0] + $0, 1) }, links: [101, 1]),
    ]

    @Test("is read as far as it goes: every beginning of it", arguments: captures.indices)
    func beginnings(_ index: Int) throws {
        let bytes = Self.captures[index]
        var whole = 0
        for count in bytes.indices {
            let read = try read(Array(bytes[..<count]))
            #expect(read.connections.count <= 1)
            if read.failure == nil { whole += 1 } else { #expect(read.failure?.kind == .damaged) }
        }
        // It is whole behind its header, and behind each packet but the last, where all of it would be.
        #expect((MadeUpCapture.packets.count...MadeUpCapture.packets.count + 2).contains(whole))
    }

    @Test("ends neither the program nor the patience: every byte changed", arguments: captures.indices)
    func bytes(_ index: Int) throws {
        for place in Self.captures[index].indices {
            for value: UInt8 in [0, 0x7F, 0xFF, Self.captures[index][place] ^ 1, Self.captures[index][place] ^ 0x80] {
                var bytes = Self.captures[index]
                bytes[place] = value
                let read = try read(bytes)
                #expect(read.connections.count <= MadeUpCapture.packets.count)
            }
        }
    }

    @Test("nor does any other damage, on any link")
    func random() throws {
        var generator = SplitMix64(seed: 19)
        var damaged = 0
        for round in 0..<2000 {
            let (_, link, header) = MadeUpLink.all[round % MadeUpLink.all.count]
            var bytes = MadeUpCapture(isBigEndian: round % 2 == 0).pcap(
                MadeUpCapture.packets.map { header + $0 }, link: link)
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = .random(in: .min ... .max, using: &generator)
            }
            if try read(bytes).failure != nil { damaged += 1 }
        }
        #expect((500..<2000).contains(damaged), "\(damaged) of 2,000")
    }

    @Test("A million tiny fragments, and times that go back")
    func fragmentsAndTimes() throws {
        var fragment = Array(MadeUpCapture.packets[5][..<28])
        (fragment[2], fragment[3], fragment[6]) = (0, 28, 0x20)
        let many = try read(MadeUpCapture().pcap([[UInt8]](repeating: fragment, count: 1_000_000)))
        #expect(many.others == [.fragment: 1_000_000])
        var bytes = MadeUpCapture().pcap()
        // The second packet is of 1970.
        bytes.replaceSubrange((24 + 16 + 40)..<(24 + 16 + 44), with: [0, 0, 0, 0])
        #expect(try read(bytes).gist == ["client fin"])
    }
}
