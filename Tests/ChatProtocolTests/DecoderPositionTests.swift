import ChatProtocol
import Testing

@Suite("A decoder's position", .timeLimit(.minutes(5)))
struct DecoderPositionTests {
    @Test("says how many bytes are missing until the next decision, and whether a frame is whole")
    func missing() throws {
        var decoder = FrameDecoder(from: .client)
        // After each byte of [00 00 00 03][01][68 69]: the rest of the length, then the rest of the frame.
        let expected = [3, 2, 1, 3, 2, 1]
        #expect(decoder.missing == 4)
        #expect(decoder.isAtBoundary)
        for (byte, missing) in zip(Frame.bytes(of: .question("hi")), expected) {
            decoder.append([byte])
            #expect(try decoder.next() == nil)
            #expect(decoder.missing == missing)
            #expect(!decoder.isAtBoundary)
        }
        decoder.append([0x69])
        #expect(decoder.missing == 0)
        #expect(try decoder.next() == .question("hi"))
        #expect(decoder.missing == 4)
        #expect(decoder.isAtBoundary)
    }

    @Test("stays right behind many frames that came at once")
    func afterMany() throws {
        var decoder = FrameDecoder(from: .server)
        let texts = (0..<1000).map { String(repeating: "x", count: $0 % 50) }
        decoder.append(texts.flatMap { Frame.bytes(of: .answer($0)) } + [0, 0])
        for text in texts { #expect(try decoder.next() == .answer(text)) }
        #expect(try decoder.next() == nil)
        #expect(decoder.missing == 2)
        #expect(!decoder.isAtBoundary)
    }

    @Test("lets a reader that takes what is missing stop exactly at the end of a frame")
    func exactReads() throws {
        let stream = Frame.bytes(of: .answer("one")) + Frame.bytes(of: .padding(9))
        var decoder = FrameDecoder(from: .server)
        var taken = 0
        var message: Message?
        while message == nil {
            let end = taken + decoder.missing
            decoder.append(Array(stream[taken..<end]))
            taken = end
            message = try decoder.next()
        }
        #expect(message == .answer("one"))
        #expect(taken == 8)
    }
}
