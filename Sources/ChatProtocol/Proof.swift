/// A client's answer to a challenge: its name, and a code that only a holder of that name's key can make.
public struct Proof: Hashable, Sendable {
    /// How many bytes of UTF-8 a name may have.
    public static let nameSizes = 1...64
    /// How many bytes the code has: those of HMAC-SHA-256 (RFC 2104, FIPS 180-4).
    public static let codeSize = 32

    /// What a body has besides the name: the name's length, and the code.
    static let overhead = 1 + codeSize

    public let name: String
    public let code: [UInt8]

    /// - Returns: nil where the name is too short or too long, or the code has another size.
    public init?(name: String, code: some Collection<UInt8>) {
        guard Self.nameSizes.contains(name.utf8.count), code.count == Self.codeSize else { return nil }
        self.name = name
        self.code = Array(code)
    }

    /// What the code is made of, with the key of that name. The words in front keep it from being taken for a code that was
    /// made for another purpose; that the name comes last, behind a challenge of fixed size, keeps the parts apart.
    public static func statement(of name: String, to challenge: Challenge) -> [UInt8] {
        Array("chat identity 1\0".utf8) + challenge.bytes + Array(name.utf8)
    }
}
