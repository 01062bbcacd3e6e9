import ChatProtocol
import Testing

@testable import TestSupport

@Suite("Damaged streams", .timeLimit(.minutes(5)))
struct FuzzTests {
    @Test("give what the specification says, at once and in any split", arguments: [Role.client, .server])
    func damaged(_ sender: Role) {
        var generator = SplitMix64(seed: sender == .client ? 1 : 2)
        var refused = 0
        for round in 0..<10_000 {
            let bytes = generator.damage(generator.stream(from: sender))
            let limit = [1, 6, 64, Frame.defaultLimit].randomElement(using: &generator) ?? 1
            let decoder = FrameDecoder(from: sender, limit: limit)
            let expected = Outcome(ofWhole: bytes, from: sender, limit: limit)
            let pieces = generator.split(bytes)
            guard Outcome(of: bytes, by: decoder) == expected, Outcome(of: pieces, by: decoder) == expected,
                Outcome(inPlace: pieces, by: decoder) == expected
            else {
                Issue.record("round \(round), limit \(limit): \(bytes), cut at \(pieces.map(\.endIndex))")
                return
            }
            refused += expected.error == nil ? 0 : 1
        }
        // The damage is neither harmless nor always fatal, or the rounds would prove little.
        #expect((2_000...9_000).contains(refused), "\(refused) of 10,000 were refused")
    }
}

extension SplitMix64 {
    private static let texts = [
        "", "a", "exit", "é", "e\u{301}", "日本", "\u{1F600}", String(repeating: "long ", count: 20),
    ]

    mutating func stream(from sender: Role) -> [UInt8] {
        (0...Int.random(in: 0...4, using: &self)).flatMap { _ in Frame.bytes(of: message(from: sender)) }
    }

    private mutating func message(from sender: Role) -> Message {
        let text = Self.texts.randomElement(using: &self) ?? ""
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &self) }
        return switch (sender, Int.random(in: 0...4, using: &self)) {
        case (.client, 0): .exit
        case (.client, 1): Proof(name: String(text.prefix(30)), code: bytes).map { .proof($0) } ?? .exit
        case (.server, 2): Challenge(bytes).map { .challenge($0) } ?? .padding(0)
        case (.client, _): .question(text)
        case (.server, 0): .error(ErrorCode(rawValue: .random(in: 0...10, using: &self)), text)
        case (.server, 1): .padding(.random(in: 0...20, using: &self))
        case (.server, _): .answer(text)
        }
    }

    /// Changes, loses, repeats or adds up to three bytes; sometimes nothing.
    mutating func damage(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...3, using: &self) {
            guard let place = bytes.indices.randomElement(using: &self) else { break }
            switch Int.random(in: 0...4, using: &self) {
            case 0: bytes[place] = .random(in: .min ... .max, using: &self)
            case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &self)
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(.random(in: 0...8, using: &self), at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    mutating func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...20, using: &self))
            pieces.append(piece)
            rest = rest[piece.endIndex...]
        }
        return pieces
    }
}
