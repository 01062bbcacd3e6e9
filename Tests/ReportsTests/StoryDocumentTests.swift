import Foundation
import Packets
import Recordings
import TCPSockets
import Testing

@testable import Reports
@testable import Stories
@testable import TestSupport

@Suite("The stories of connections as JSON")
struct StoryDocumentTests {
    private static let schema = #filePath.components(separatedBy: "/Tests/")[0] + "/docs/schema/story.json"

    private func complaints(_ json: String) throws -> [String] {
        let schema = try JSONSchema(json: String(contentsOfFile: Self.schema, encoding: .utf8))
        return schema.complaints(about: try JSONValue(json: json)).map { "\($0)" }
    }

    private let client = Endpoint(IPAddress(family: .v4, bits: 0xC000_0201), port: 40000)
    private let server = Endpoint(IPAddress(family: .v4, bits: 0xC000_0202), port: 8000)

    /// A SYN and what came back.
    private func story(_ answer: Segment.Flags) -> Story {
        let segments = [
            SegmentHeader(source: client, destination: server, sequence: 7, flags: .syn),
            SegmentHeader(source: server, destination: client, sequence: 0, acknowledgement: 8, flags: answer),
        ]
        return Story.stories(of: segments.enumerated().map { (header: $1, time: Double($0) / 1000) })[0]
    }

    @Test(
        "A document, and one connection on a line, keep to the schema",
        arguments: [[.rst, .ack], [.syn, .ack]] as [Segment.Flags])
    func schema(_ answer: Segment.Flags) throws {
        let connection = StoryDocument.Connection(
            story(answer), opened: 1_764_064_800.000_012,
            programs: .init(client: .init(pid: 7, name: "curl")), pcap: "1.pcap")
        let again = StoryDocument.Again(
            exit: 75, worked: false, attempt: .init(bind: .failed(.addressInUse), connect: nil))
        for document in [
            StoryDocument(source: .try, kernel: "6.18.44", connections: [connection], again: again),
            StoryDocument(source: .read, kernel: nil, connections: []),
        ] {
            #expect(try complaints(document.json()) == [])
        }
        let line = try connection.line(of: .watch)
        #expect(try complaints(line) == [])
        #expect(!line.contains("\n"))
        #expect(try complaints(line.replacing("\"watch\"", with: "\"look\"")) != [])
    }

    @Test("What was not seen is null, and a failed call goes by its errno")
    func values() throws {
        let refused = StoryDocument.Connection(story([.rst, .ack]), opened: nil)
        let document = StoryDocument(
            source: .try, kernel: "6.18.44", connections: [refused],
            again: .init(exit: 1, worked: false, attempt: nil))
        let json = try document.json()
        for text in [
            "\"opened\" : null", "\"ending\" : \"refused\"", "\"cause\" : \"refused\"", "\"knownFrom\" : \"segments\"",
            "\"bind\" : \"unknown\"", "\"pcap\" : null",
        ] { #expect(json.contains(text), "\(text)") }
    }

    @Test(
        "The first segment's time is told in UTC, to the microsecond",
        arguments: [(1_764_064_800.123456, "2025-11-25T10:00:00.123456Z"), (0, "1970-01-01T00:00:00.000000Z")])
    func opened(_ seconds: Double, _ text: String) throws {
        #expect(StoryDocument.Connection(story([.rst, .ack]), opened: seconds).opened == text)
    }
}
