import Packets
import Stories
import TCPSockets
import Testing

@testable import Captures

/// Connections of one kind, as segments.
private struct Kind {
    private(set) var packets: [[UInt8]] = []
    private let client: Endpoint
    private let server = MadeUpCapture.server

    init(port: UInt16) {
        client = Endpoint(MadeUpCapture.client.address, port: port)
    }

    /// Numbers count from 1000 for the client and 5000 for the server.
    mutating func send(
        _ isClient: Bool, _ sequence: UInt32, _ acknowledgement: UInt32, _ flags: Segment.Flags, _ count: Int = 0,
        window: UInt16 = 1000
    ) {
        let (mine, theirs): (UInt32, UInt32) = isClient ? (1000, 5000) : (5000, 1000)
        packets.append(
            Segment(
                from: isClient ? client : server, to: isClient ? server : client, sequence: mine + sequence,
                acknowledgement: flags.contains(.ack) ? theirs + acknowledgement : 0, flags: flags, window: window,
                payload: [UInt8](repeating: 7, count: count)
            ).packet)
    }

    mutating func open() {
        send(true, 0, 0, .syn)
        send(false, 0, 1, [.syn, .ack])
        send(true, 1, 1, .ack)
    }
}

@Suite("Advice on a capture", .timeLimit(.minutes(5)))
struct AdviceTests {
    private func sentences(_ packets: [[UInt8]]) throws -> [String] {
        let reading = TrafficReading(top: 0)
        try withCaptureFile(MadeUpCapture().pcap(packets)) { path in
            try reading.read(Capture(file: path, filter: nil) { _ in .goOn })
        }
        let report = TrafficReport(
            source: "made up", packets: reading.packets, segments: reading.segments, others: reading.others,
            span: reading.span, summary: reading.summary, timeWaits: reading.table.timeWaits, oddest: [],
            lateSegments: 0, forgotten: 0, dropped: nil, damage: nil)
        return TrafficAdvice(report).sentences()
    }

    private func connections(_ count: Int = 5, _ make: (inout Kind) -> Void) -> [[UInt8]] {
        (0..<count).flatMap { number in
            var kind = Kind(port: UInt16(40_000 + number))
            make(&kind)
            return kind.packets
        }
    }

    @Test("There is none where connections end as they should")
    func none() throws {
        #expect(try sentences(MadeUpCapture.packets) == [])
    }

    @Test("Refused: nobody listened")
    func refused() throws {
        let packets = connections(1) {
            $0.send(true, 0, 0, .syn)
            $0.send(false, 0, 1, [.rst, .ack])
        }
        #expect(
            try sentences(packets) == [
                "192.0.2.2:80 refused 1 of 1 connection: nothing listened there, or a firewall rejected it."
            ])
    }

    @Test("Unanswered: the firewall, the route, the backlog")
    func unanswered() throws {
        let packets = connections(2) { $0.send(true, 0, 0, .syn) }
        #expect(
            try sentences(packets) == [
                "192.0.2.2:80 did not answer 2 of 2 connections: check the firewall, the route, and the listener's backlog."
            ])
    }

    @Test("Reset with data unacknowledged: read to the end before close()")
    func resetWithData() throws {
        let packets = connections {
            $0.open()
            $0.send(true, 1, 1, [.psh, .ack], 10)
            $0.send(false, 1, 1, [.rst, .ack])
        }
        #expect(
            try sentences(packets) == [
                "5 connections with 192.0.2.2:80 ended by a RST with data unacknowledged, which may be lost: call "
                    + "shutdown(SHUT_WR) and read to the end before close()."
            ])
    }

    @Test("Reset with nothing lost: data unread, or SO_LINGER; not where there are but a few connections")
    func reset() throws {
        func packets(_ count: Int) -> [[UInt8]] {
            connections(count) {
                $0.open()
                $0.send(false, 1, 1, [.rst, .ack])
            }
        }
        #expect(
            try sentences(packets(5)) == [
                "5 of 5 connections with 192.0.2.2:80 ended by a RST: close() with data unread, or SO_LINGER {on, 0}, causes "
                    + "that."
            ])
        #expect(try sentences(packets(4)) == [])
    }

    @Test("A window that stays closed: the side that does not read")
    func zeroWindow() throws {
        let packets = connections(1) {
            $0.open()
            $0.send(true, 1, 1, [.psh, .ack], 10)
            $0.send(false, 1, 11, .ack, window: 0)
        }
        #expect(
            try sentences(packets) == [
                "The server at 192.0.2.2:80 stopped reading before the end: find what it waits for."
            ])
    }
}
