import FoundationEssentials
import Glibc
import TCPSockets

/// Entries of the transcript that wait to be written: those of one turn of a connection.
struct TranscriptEntries {
    private struct Entry: Encodable {
        let time: String
        let client: String
        let question: String
        let answer: String
    }

    /// How every entry begins, for its keys are in order.
    static let beginning = #"{"answer":""#

    private let encoder: JSONEncoder
    private(set) var bytes: [UInt8] = []
    private static let keptCapacity = 65_536

    init() {
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    var isEmpty: Bool { bytes.isEmpty }

    mutating func add(client: String, question: String, answer: String) throws {
        let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        let entry = Entry(time: time, client: client, question: question, answer: answer)
        bytes += try encoder.encode(entry)
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.count <= Self.keptCapacity)
    }
}
