import Glibc
import TCPSockets
import Testing

@Suite("Lists of ports")
struct PortListTests {
    @Test(
        "Ports and ranges; what is neither is left out",
        arguments: [
            ("", []), ("\n", []), ("8080\n", [8080...8080]), ("1-2,44444-55555\n", [1...2, 44444...55555]),
            ("0,65535", [0...0, 65535...65535]), ("x,5-2,,7-,-7,1-2-3,65536,9", [9...9]),
        ] as [(String, [ClosedRange<UInt16>])])
    func parsing(_ text: String, _ ranges: [ClosedRange<UInt16>]) {
        #expect(PortList(text).ranges == ranges)
    }

    @Test("A thousand ranges, of which those at the borders are counted in part")
    func long() {
        let text = (0..<1000).map { "\(20_000 + 3 * $0)-\(20_001 + 3 * $0)" }.joined(separator: ",") + "\n"
        let list = PortList(text)
        #expect(list.ranges.count == 1000)
        #expect(list.count(in: 1...65_535) == 2000)
        #expect(list.count(in: 20_001...20_003) == 2)
        #expect(list.count(in: 22_998...65_535) == 1)
        #expect(list.count(in: 1...19_999) == 0 && list.count(in: 22_999...65_535) == 0)
    }

    @Test(
        "A file is read whole, shorter and longer than any room made for it",
        arguments: [0, 1, 16_384, 16_385, 200_000])
    func whole(_ count: Int) throws {
        let stream = try #require(tmpfile())
        defer { fclose(stream) }
        let file = fileno(stream)
        let text = String(repeating: "1", count: count)
        #expect(write(file, text, count) == count)
        #expect(SmallFile.text(of: file) == text)
    }

    @Test("What cannot be read says why")
    func unreadable() {
        #expect(SmallFile.text(of: -1) == nil && errno == EBADF)
    }
}
