import ChatProtocol
import FoundationEssentials
import Testing

/// The test vectors that every implementation of the protocol shares.
struct Vectors: Decodable {
    let version: Int
    let limit: Int
    let valid: [Vector]
    let stream: [Vector]
    let invalid: [Vector]
    let truncated: [Vector]
    let proofs: [ProofVector]

    static func load(file: String = #filePath) throws -> Vectors {
        let root = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        let data = try Data(contentsOf: URL(filePath: "\(root)/protocol/vectors.json"))
        return try JSONDecoder().decode(Vectors.self, from: data)
    }
}

/// The proof that a challenge asks of a holder of a key.
struct ProofVector: Decodable, Sendable {
    let name: String
    let identity: String
    let challenge: String
    let hex: String
}

struct Vector: Decodable, Sendable {
    let name: String
    let hex: String
    let limit: Int?
    let message: VectorMessage?
    let messages: [VectorMessage]?
    let error: UInt16?
    let early: Int?
    private let sender: String

    var side: Role { sender == "client" ? .client : .server }

    var bytes: [UInt8] { get throws { try unhex(hex) } }

    /// The messages that a decoder must give, one or several.
    var expected: [Message] {
        get throws { try (messages ?? [message].compactMap(\.self)).map { try $0.message } }
    }

    func decoder(limit standard: Int) -> FrameDecoder {
        FrameDecoder(from: side, limit: limit ?? standard)
    }
}

extension Vector: CustomTestStringConvertible {
    var testDescription: String { name }
}

struct VectorMessage: Decodable, Sendable {
    let kind: String
    let text: String?
    let code: UInt16?
    let length: Int?
    let bytes: String?
    let name: String?
    let hmac: String?

    var message: Message {
        get throws {
            switch kind {
            case "question": .question(try #require(text))
            case "answer": .answer(try #require(text))
            case "exit": .exit
            case "error": .error(ErrorCode(rawValue: try #require(code)), try #require(text))
            case "padding": .padding(try #require(length))
            case "challenge": .challenge(try challenge)
            case "proof": .proof(try proof)
            default: throw UnknownKindName(name: kind)
            }
        }
    }
}

extension VectorMessage {
    fileprivate var challenge: Challenge {
        get throws {
            let bytes = try unhex(try #require(bytes))
            return try #require(Challenge(bytes))
        }
    }

    fileprivate var proof: Proof {
        get throws {
            let (name, code) = (try #require(name), try unhex(try #require(hmac)))
            return try #require(Proof(name: name, code: code))
        }
    }
}

/// The bytes that are written in hexadecimal.
func unhex(_ text: String) throws -> [UInt8] {
    let digits = try text.map { try #require($0.hexDigitValue) }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

struct UnknownKindName: Error {
    let name: String
}
