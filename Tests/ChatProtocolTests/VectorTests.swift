import ChatProtocol
import Testing

@Suite("The shared test vectors", .timeLimit(.minutes(5)))
struct VectorTests {
    @Test("They are for version 1 and the limit of 65,536, and there are some of each sort")
    func header() throws {
        let vectors = try Vectors.load()
        #expect(vectors.version == 1)
        #expect(vectors.limit == Frame.defaultLimit)
        #expect(!vectors.valid.isEmpty && !vectors.stream.isEmpty)
        #expect(!vectors.invalid.isEmpty && !vectors.truncated.isEmpty)
    }

    @Test("Good bytes give their messages, however they are split", arguments: try Vectors.load().good)
    func good(_ vector: Vector) throws {
        let expected = Outcome(try vector.expected)
        let bytes = try vector.bytes
        let decoder = vector.decoder(limit: Frame.defaultLimit)
        #expect(Outcome(of: bytes, by: decoder) == expected)
        for pieces in everySplit(of: bytes) {
            #expect(Outcome(of: pieces, by: decoder) == expected, "cut at \(pieces[0].endIndex)")
            #expect(Outcome(inPlace: pieces, by: decoder) == expected, "cut at \(pieces[0].endIndex)")
        }
    }

    @Test("Messages give their bytes again", arguments: try Vectors.load().good)
    func encoding(_ vector: Vector) throws {
        let messages = try vector.expected
        // The bytes of padding mean nothing, and this side sends zeros.
        let hasPadding = messages.contains { if case .padding = $0 { true } else { false } }
        let bytes = messages.flatMap { Frame.bytes(of: $0) }
        if hasPadding {
            let expected = Outcome(messages)
            #expect(Outcome(of: bytes, by: vector.decoder(limit: Frame.defaultLimit)) == expected)
        } else {
            #expect(bytes == (try vector.bytes))
        }
    }

    @Test("Bad bytes give the error, however they are split", arguments: try Vectors.load().invalid)
    func invalid(_ vector: Vector) throws {
        let bytes = try vector.bytes
        let decoder = vector.decoder(limit: Frame.defaultLimit)
        let whole = Outcome(of: bytes, by: decoder)
        #expect(whole.messages == Outcome(try vector.expected).messages)
        #expect(whole.error?.code.rawValue == vector.error)
        for pieces in everySplit(of: bytes) {
            #expect(Outcome(of: pieces, by: decoder) == whole, "cut at \(pieces[0].endIndex)")
            #expect(Outcome(inPlace: pieces, by: decoder) == whole, "cut at \(pieces[0].endIndex)")
        }
    }

    @Test("Bad bytes are refused as soon as they can be known, and not sooner", arguments: try Vectors.load().invalid)
    func early(_ vector: Vector) throws {
        let bytes = try vector.bytes
        let count = vector.early ?? bytes.count
        let decoder = vector.decoder(limit: Frame.defaultLimit)
        #expect(Outcome(of: Array(bytes[..<(count - 1)]), by: decoder).error == nil)
        #expect(Outcome(of: Array(bytes[..<count]), by: decoder).error?.code.rawValue == vector.error)
    }

    @Test("A stream that ends inside a frame is no clean end", arguments: try Vectors.load().truncated)
    func truncated(_ vector: Vector) throws {
        let expected = Outcome(try vector.expected, isAtBoundary: false)
        let bytes = try vector.bytes
        let decoder = vector.decoder(limit: Frame.defaultLimit)
        #expect(Outcome(of: bytes, by: decoder) == expected)
        for pieces in everySplit(of: bytes) {
            #expect(Outcome(of: pieces, by: decoder) == expected, "cut at \(pieces[0].endIndex)")
            #expect(Outcome(inPlace: pieces, by: decoder) == expected, "cut at \(pieces[0].endIndex)")
        }
    }
}

extension Vectors {
    var good: [Vector] { valid + stream }
}
