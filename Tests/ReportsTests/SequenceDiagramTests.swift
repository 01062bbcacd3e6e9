import TCPSockets
import Testing

@testable import Bench
@testable import Claims
@testable import Packets
@testable import Pages
@testable import Recordings
@testable import Reports
@testable import TestSupport

@Suite("Sequence diagrams", .serialized)
struct SequenceDiagramTests {
    private static func recording() async throws -> CellRecording {
        try await TestSupport.run(Cell(), in: World(), Chat())
    }

    /// Every segment of the capture, read from its packets: the sixteen bytes before each tell its length.
    private func segments(inCapture bytes: [UInt8]) -> [Segment] {
        var (segments, rest) = ([Segment](), bytes.dropFirst(24))
        while rest.count > 16 {
            let length = Int(rest.number(at: rest.startIndex + 8) as UInt32)
            if let segment = Segment(packet: Array(rest.dropFirst(16).prefix(length))) { segments.append(segment) }
            rest = rest.dropFirst(16 + length)
        }
        return segments
    }

    @Test("The diagram of a real cell has exactly the segments of its capture, in order", .timeLimit(.minutes(5)))
    func segments() async throws {
        let recording = try await Self.recording()
        let diagram = SequenceDiagram(recording.wholeRecording, limit: .max)
        let captured = segments(inCapture: Pcap.file(of: recording.segments + recording.reconnectSegments))
        #expect(!captured.isEmpty)
        #expect(diagram.segments.map(\.flags) == captured.map { $0.flags.names(joinedBy: " ") })
        #expect(diagram.segments.map(\.payload) == captured.map(\.payload.count))
        #expect(diagram.segments.map(\.number) == Array(captured.indices))
    }

    @Test("Bands change where the states changed, and each is as high as its name", .timeLimit(.minutes(5)))
    func bands() async throws {
        let recording = try await Self.recording().recording
        let diagram = SequenceDiagram(recording, limit: .max)
        for side in Side.allCases {
            let (bands, states) = (diagram.bands.filter { $0.side == side }, recording.states(of: side))
            #expect(bands.map(\.state) == states.map(\.state))
            for (band, change) in zip(bands, states).dropFirst() {
                let row = diagram.rows[band.start.row]
                let time = try #require(row.time)
                // A head is reached a little later than the row begins.
                #expect(band.start.part == .head ? time <= change.time : time == change.time)
            }
            #expect(zip(bands, bands.dropFirst()).allSatisfy { $0.end == $1.start })
        }
    }

    private func diagram(_ segments: [CapturedSegment], limit: Int = .max) -> SequenceDiagram {
        SequenceDiagram(
            Recording("made-up", segments: segments, clientCalls: [], serverCalls: []), limit: limit)
    }

    private func delivered(_ captured: CapturedSegment, at times: Double...) -> CapturedSegment {
        var captured = captured
        captured.deliveries = times.map { .init(time: $0, before: SocketStates(), after: SocketStates()) }
        return captured
    }

    @Test("A held segment departs and arrives, a lost one does neither, a duplicate arrives again")
    func fates() {
        var lost = CapturedSegment(number: 1, from: .server, .ack, at: 1.001)
        lost.fate = .dropped
        let held = CapturedSegment(number: 0, from: .client, [.fin, .ack], at: 1)
        let diagram = diagram([delivered(held, at: 1.5, 1.6), lost])
        let kinds = diagram.rows.map { row in
            switch row.kind {
            case .departure: "departure"
            case .arrival(_, _, let again): again ? "again" : "arrival"
            case .loss(_, .dropped): "loss"
            case .crossing: "crossing"
            case .heading: "heading"
            default: "other"
            }
        }
        #expect(kinds == ["heading", "departure", "loss", "arrival", "again"])
    }

    @Test("Numbers count from the beginning of a connection, and below zero before it")
    func numbers() {
        let diagram = diagram([
            delivered(CapturedSegment(number: 0, from: .client, .syn, sequence: 1000), at: 1),
            delivered(
                CapturedSegment(
                    number: 1, from: .server, [.syn, .ack], sequence: UInt32.max, acknowledgement: 1001, at: 2),
                at: 2),
            delivered(
                CapturedSegment(number: 2, from: .client, .ack, sequence: 1001, acknowledgement: 0, at: 3), at: 3),
            delivered(CapturedSegment(number: 3, from: .client, .ack, sequence: 900, acknowledgement: 0, at: 4), at: 4),
        ])
        #expect(diagram.segments.map(\.sequence) == [0, 0, 1, -100])
        #expect(diagram.segments.map(\.acknowledgement) == [nil, 1, 1, 1])
        #expect(diagram.segments.last?.numbers == "seq −100 · ack 1")
    }

    @Test("A long recording is cut in the middle, and says how much is missing")
    func omission() {
        let segments = (0..<500).map { number in
            delivered(
                CapturedSegment(number: number, from: .client, .ack, at: Double(number)), at: Double(number) + 0.0001)
        }
        let diagram = diagram(segments, limit: 72)
        let left = diagram.rows.compactMap { if case .omission(let count) = $0.kind { count } else { nil } }
        #expect(diagram.rows.count == 43)
        #expect(left == [500 - diagram.segments.count])
        #expect(diagram.bands.allSatisfy { $0.end.row < diagram.rows.count && $0.start.row <= $0.end.row })
    }
}
