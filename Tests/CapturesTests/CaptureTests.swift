import Foundation
import Packets
import Recordings
import Stories
import TCPSockets
import Testing

@testable import Captures

/// What came of reading a capture.
struct Read {
    var connections: [TrafficConnection] = []
    var others: [Packet.Other: Int] = [:]
    var lateSegments = 0
    var timeWaits: [Int] = []
    var failure: CaptureError?

    /// Such as `client fin`.
    var gist: [String] { connections.map { "\($0.story.firstToClose.rawValue) \($0.story.ending.rawValue)" } }
}

/// Lends bytes as a file.
func withCaptureFile<R>(_ bytes: [UInt8], _ body: (_ path: String) throws -> R) throws -> R {
    let path = FileManager.default.temporaryDirectory.appending(path: "capture-\(UUID())").path
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
}

/// Reads bytes as a file.
func read(_ bytes: [UInt8], filter: String? = nil) throws -> Read {
    var result = Read()
    let reading = TrafficReading(top: 10) { result.connections.append($0) }
    do {
        try withCaptureFile(bytes) { path in try reading.read(Capture(file: path, filter: filter) { _ in .goOn }) }
    } catch let error as CaptureError {
        result.failure = error
    }
    (result.others, result.lateSegments) = (reading.others, reading.table.lateSegments)
    result.timeWaits = reading.table.timeWaits.most.map(\.count)
    return result
}

@Suite("A capture that was made up", .timeLimit(.minutes(5)))
struct CaptureTests {
    private func check(_ bytes: [UInt8], _ comment: Comment) throws {
        let read = try read(bytes)
        #expect(read.failure == nil, comment)
        #expect(read.gist == ["client fin"], comment)
        let story = try #require(read.connections.first?.story)
        #expect(story.client == MadeUpCapture.client, comment)
        #expect(story.timeWait == .client, comment)
        #expect(story.bytes == Story.Sides(client: 10, server: 20), comment)
        #expect(story.opened == Double(MadeUpCapture.start), comment)
        #expect(abs(story.seconds - 7e-6) < 1e-6, comment)
        #expect(read.timeWaits == [1], comment)
    }

    @Test(
        "is read in either byte order and with either clock, as pcap and as pcapng", arguments: [false, true],
        [false, true])
    func formats(_ isBigEndian: Bool, _ isNano: Bool) throws {
        let capture = MadeUpCapture(isBigEndian: isBigEndian, isNano: isNano)
        try check(capture.pcap(), "pcap")
        try check(capture.pcapng(MadeUpCapture.packets.map { ($0, 0) }, links: [101]), "pcapng")
    }

    @Test("is read whatever link it was captured on", arguments: MadeUpLink.all.indices)
    func links(_ index: Int) throws {
        let (name, link, header) = MadeUpLink.all[index]
        let packets = MadeUpCapture.packets.map { header + $0 }
        try check(MadeUpCapture().pcap(packets, link: link), "\(name)")
    }

    @Test("may have interfaces of different links in one file")
    func interfaces() throws {
        let ethernet = MadeUpLink.addresses + [8, 0]
        let packets = MadeUpCapture.packets.enumerated().map { index, packet in
            index % 2 == 0 ? (packet, UInt32(0)) : (ethernet + packet, 1)
        }
        try check(MadeUpCapture().pcapng(packets, links: [101, 1]), "two interfaces")
    }

    @Test("that was cut behind the headers counts its bytes by IP's length")
    func snapshot() throws {
        try check(MadeUpCapture().pcap(snapshot: 40), "cut")
    }

    @Test("that was compressed is read all the same, and what is damaged is told")
    func compressed() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "capture-\(UUID())").path
        try Data(MadeUpCapture().pcap()).write(to: URL(filePath: folder))
        defer { try? FileManager.default.removeItem(atPath: folder + ".gz") }
        let gzip = try Process.run(URL(filePath: "/bin/gzip"), arguments: [folder])
        gzip.waitUntilExit()
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder + ".gz")))
        try check(bytes, "gzip")
        let damaged = try read(bytes.dropLast(8))
        #expect(damaged.failure?.kind == .damaged)
    }

    @Test("IPv6 is read behind its extension headers, and an atomic fragment is whole")
    func extensions() throws {
        let client = Endpoint(IPAddress(family: .v6, bits: 1), port: 40_000)
        let server = Endpoint(IPAddress(family: .v6, bits: 2), port: 80)
        let packets = MadeUpCapture.talk(from: client, to: server).map { packet -> [UInt8] in
            // Hop-by-hop options, then a fragment header of a whole packet, then TCP.
            let headers: [UInt8] = [44, 0, 1, 4, 0, 0, 0, 0] + [6, 0, 0, 0, 0, 0, 0, 1]
            var longer = packet[..<40] + headers + packet[40...]
            let length = UInt16(longer.count - 40)
            (longer[4], longer[5], longer[6]) = (UInt8(length >> 8), UInt8(length & 255), 0)
            return Array(longer)
        }
        let read = try read(MadeUpCapture().pcap(packets))
        #expect(read.gist == ["client fin"])
        #expect(read.connections.first?.story.client == client)
    }

    @Test("Fragments and tunnels are named, and never taken for segments")
    func leftOut() throws {
        func changed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var packet = MadeUpCapture.packets[5]
            change(&packet)
            return packet
        }
        let more = changed { $0[6] = 0x20 }
        let later = changed { ($0[6], $0[7]) = (0, 3) }
        let tunnels = [4, 41, 47, 50].map { number in changed { $0[9] = number } }
        let other = changed { $0[9] = 1 }
        let read = try read(MadeUpCapture().pcap([more, later] + tunnels + [other]))
        #expect(read.connections.isEmpty)
        #expect(read.others == [.fragment: 2, .tunnel: 4, .notTCP: 1])
    }

    @Test("A port that is taken up again is told, and how: by a higher number, or by nothing that tells new from old")
    func reuse() throws {
        let higher = MadeUpCapture.talk(from: MadeUpCapture.client, to: MadeUpCapture.server, base: 5000)
        let lower = MadeUpCapture.talk(from: MadeUpCapture.client, to: MadeUpCapture.server, base: 500)
        let read = try read(MadeUpCapture().pcap(MadeUpCapture.packets + higher + lower))
        #expect(read.connections.map(\.reuse) == [nil, .higherNumber, .neither])
        // Each takes the place of the one before it.
        #expect(read.timeWaits == [1])
    }

    @Test("A segment of the connection before is an old duplicate, and changes nothing")
    func oldDuplicate() throws {
        let again = MadeUpCapture.talk(from: MadeUpCapture.client, to: MadeUpCapture.server, base: 5000)
        let packets = MadeUpCapture.packets + again[..<3] + [MadeUpCapture.packets[5]] + again[3...]
        let read = try read(MadeUpCapture().pcap(packets))
        #expect(read.gist == ["client fin", "client fin"])
        #expect(read.connections.map(\.oldDuplicates) == [0, 1])
    }

    #if Pcap
    @Test("A filter lets through what it says, and one that is none is told")
    func filter() throws {
        #expect(try read(MadeUpCapture().pcap(), filter: "port 80").gist == ["client fin"])
        #expect(try read(MadeUpCapture().pcap(), filter: "port 81").gist == [])
        #expect(try read(MadeUpCapture().pcap(), filter: "nonsense (").failure?.kind == .filter)
    }
    #endif
}
