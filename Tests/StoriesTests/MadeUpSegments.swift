import Packets
import TCPSockets

@testable import Stories

/// Segments written down as tcpdump would: who sends, flags, sequence number, acknowledgement number, bytes.
///
/// ```
/// > S 0            the client's SYN; numbers count from the SYNs
/// < SA 0 1
/// > PA 1 1 10      ten bytes
/// ```
/// A line may end in `@SECONDS`, from which the clock goes on; each line takes a millisecond.
struct MadeUpSegments {
    static let client = Endpoint(IPAddress(family: .v4, bits: 0xC000_0201), port: 40_000)
    static let server = Endpoint(IPAddress(family: .v4, bits: 0xC000_0202), port: 80)

    let segments: [(header: SegmentHeader, time: Double)]

    /// - Parameter initial: The numbers of the SYNs: the client's, the server's.
    init(_ text: String, initial: (UInt32, UInt32) = (1000, 900_000)) {
        var time = 0.0
        segments = text.split(separator: "\n").map { line in
            var words = line.split(separator: " ")
            if let at = words.last, at.hasPrefix("@") {
                time = Double(at.dropFirst()) ?? time
                words.removeLast()
            }
            time += 0.001
            let isClient = words[0] == ">"
            let (mine, theirs) = isClient ? initial : (initial.1, initial.0)
            let numbers = words.dropFirst(2).map { UInt32($0) ?? 0 }
            let hasACK = words[1].contains("A")
            let header = SegmentHeader(
                source: isClient ? Self.client : Self.server, destination: isClient ? Self.server : Self.client,
                sequence: mine &+ numbers[0], acknowledgement: hasACK ? theirs &+ numbers[1] : 0,
                flags: Self.flags(words[1]), payloadLength: numbers.count > 2 ? Int(numbers[2]) : 0)
            return (header, time)
        }
    }

    private static func flags(_ letters: Substring) -> Segment.Flags {
        let all: [Character: Segment.Flags] = ["S": .syn, "A": .ack, "F": .fin, "R": .rst, "P": .psh]
        return Segment.Flags(letters.compactMap { all[$0] })
    }

    /// A connection is opened, and asks and answers ten bytes.
    static let talk = """
        > S 0
        < SA 0 1
        > A 1 1
        > PA 1 1 10
        < A 1 11
        < PA 1 11 10
        > A 11 11

        """
}

/// The stories of segments that are written down.
func stories(
    _ text: String, initial: (UInt32, UInt32) = (1000, 900_000), until end: Double? = nil
) -> [Story] {
    Story.stories(of: MadeUpSegments(text, initial: initial).segments, until: end)
}
