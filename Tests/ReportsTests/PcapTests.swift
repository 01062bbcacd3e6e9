import Foundation
import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import Reports
@testable import TestSupport

@Suite("A capture file", .serialized, .timeLimit(.minutes(5)))
struct PcapTests {
    /// Reads the format from its description, pcap-savefile(5), and the packets from RFC 791, 8200 and 9293: a line for
    /// each packet, with its time in whole seconds.
    private static let reader = """
        import socket, struct, sys
        data = open(sys.argv[1], "rb").read()
        order = {0xa1b2c3d4: ">", 0xd4c3b2a1: "<"}[struct.unpack(">I", data[:4])[0]]
        major, minor, zone, accuracy, snap, link = struct.unpack(order + "HHiIII", data[4:24])
        print(major, minor, zone, accuracy, link)
        data = data[24:]
        while data:
            seconds, micros, kept, length = struct.unpack(order + "IIII", data[:16])
            assert micros < 1000000 and kept == length <= snap and len(data) >= 16 + kept
            packet, data = data[16:16 + kept], data[16 + kept:]
            if packet[0] >> 4 == 4:
                family, source, target, header = socket.AF_INET, packet[12:16], packet[16:20], (packet[0] & 15) * 4
            else:
                family, source, target, header = socket.AF_INET6, packet[8:24], packet[24:40], 40
            tcp = packet[header:]
            sport, dport, seq, ack, offset, flags = struct.unpack(">HHIIBB", tcp[:14])
            ends = [socket.inet_ntop(family, source), sport, socket.inet_ntop(family, target), dport]
            print(seconds, *ends, flags, seq, ack, len(tcp) - (offset >> 4) * 4)
        """

    /// Runs the reader on a file, on a host: it is a program like any other.
    private func read(_ file: [UInt8]) async throws -> [String] {
        let path = FileManager.default.temporaryDirectory.appending(path: "lab-\(UUID()).pcap")
        try Data(file).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        let run = try await Host(.client).run(["python3", "-c", Self.reader, path.path]) { _ in }
        #expect(run.complaint == "")
        #expect(run.status == 0)
        return run.lines
    }

    private func line(_ captured: CapturedSegment, _ seconds: Int) -> String {
        let segment = captured.segment
        let (source, target) = (segment.source, segment.destination)
        let ends = "\(source.address) \(source.port) \(target.address) \(target.port)"
        let numbers = "\(segment.flags.rawValue) \(segment.sequence) \(segment.acknowledgement)"
        return "\(seconds) \(ends) \(numbers) \(segment.payload.count)"
    }

    @Test(
        "holds a whole conversation of real hosts, as an independent reader sees it",
        .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"), arguments: IPAddress.Family.allCases)
    func conversation(_ family: IPAddress.Family) async throws {
        let world = try await World()
        let chat = try Chat()
        let start = Int(Date().timeIntervalSince1970)
        var cell = Cell()
        cell.family = family
        let recording = try await run(cell, in: world, chat)
        #expect(recording.segments.count >= 10)
        let lines = try await read(Pcap.file(of: recording.segments))
        let end = Int(Date().timeIntervalSince1970)
        #expect(lines.first == "2 4 0 0 101")
        #expect(lines.count == 1 + recording.segments.count)
        for (text, captured) in zip(lines.dropFirst(), recording.segments) {
            let seconds = try #require(Int(text.prefix { $0 != " " }))
            #expect((start - 1...end).contains(seconds))
            #expect(text == line(captured, seconds))
        }
        // The reader knows which flags a conversation must have, without asking the laboratory.
        let flags = lines.dropFirst().map { $0.split(separator: " ")[5] }
        #expect(flags.prefix(3) == ["2", "18", "16"])
        let fins = lines.dropFirst().map { $0.split(separator: " ") }.filter { Int($0[5]).map { $0 & 1 == 1 } == true }
        #expect(Set(fins.map { $0[2] }) == ["50001", "7000"])
    }

    @Test(
        "of nothing has a header and no packet", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"))
    func empty() async throws {
        #expect(try await read(Pcap.file(of: [])) == ["2 4 0 0 101"])
    }
}
