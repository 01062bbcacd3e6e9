import Testing

@testable import Console

@Suite("Bytes that can be UTF-8", .timeLimit(.minutes(5)))
struct UTF8CheckTests {
    private func isAccepted(_ bytes: some Sequence<UInt8>) -> Bool {
        var check = UTF8Check()
        return bytes.allSatisfy { check.accepts($0) } && check.isAtBoundary
    }

    @Test("All scalars are")
    func scalars() {
        let ranges: [ClosedRange<UInt32>] = [0...0xD7FF, 0xE000...0x10FFFF]
        var text = String.UnicodeScalarView()
        for range in ranges { text.append(contentsOf: range.lazy.compactMap(Unicode.Scalar.init)) }
        #expect(isAccepted(String(text).utf8))
    }

    @Test("Two bytes are, or are not, as the standard library says")
    func pairs() {
        for first in UInt8.min ... .max {
            for second in UInt8.min ... .max {
                let bytes = [first, second]
                #expect(isAccepted(bytes) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
            }
        }
    }

    @Test("So are three and four, at the edges of what is allowed")
    func edges() {
        let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]
        for first in UInt8(0xE0)...0xF7 {
            for second in edges {
                for third in edges {
                    for bytes in [[first, second, third]] + edges.map({ [first, second, third, $0] }) {
                        #expect(isAccepted(bytes) == (String(validating: bytes, as: UTF8.self) != nil), "\(bytes)")
                    }
                }
            }
        }
    }

    @Test("After a byte that is none, the next one begins a character")
    func recovery() {
        var check = UTF8Check()
        #expect(check.accepts(0xF6) == false)
        #expect(check.accepts(0xC3) && !check.isAtBoundary)
        #expect(check.accepts(0x0D) == false)
        #expect(check.isAtBoundary && check.accepts(0x61))
    }
}
