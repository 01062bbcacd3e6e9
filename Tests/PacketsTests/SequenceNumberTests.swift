import Packets
import Testing

@Suite("Sequence numbers")
struct SequenceNumberTests {
    @Test(
        "are as far apart as the nearest way says, also where they wrap",
        arguments: [
            (5, 3, 2), (3, 5, -2), (7, 7, 0), (1, .max, 2), (.max, 1, -2), (0x7FFF_FFFF, 0, 0x7FFF_FFFF),
            (0x8000_0001, 0, -0x7FFF_FFFF),
        ] as [(SequenceNumber, SequenceNumber, Int)])
    func distance(_ one: SequenceNumber, _ other: SequenceNumber, _ distance: Int) {
        #expect(one.distance(after: other) == distance)
    }
}
