package import ChatProtocol

#if Sodium
import CSodium
#endif

/// The key of a name: 32 secret bytes. It shows itself in no text, so that no log line and no error can tell it by accident.
package struct IdentityKey: Sendable {
    static let size = 32
    private let bytes: [UInt8]

    /// - Returns: nil where these are not 32 bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    /// Whether this program can make and check proofs.
    package static var isAvailable: Bool {
        #if Sodium
        true
        #else
        false
        #endif
    }

    /// A fresh one.
    package static func random() -> IdentityKey { IdentityKey(unchecked: randomBytes(size)) }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// HMAC-SHA-256 of a message with this key.
    ///
    /// The corresponding C function is `crypto_auth_hmacsha256` of libsodium.
    func code(of message: [UInt8]) -> [UInt8] {
        #if Sodium
        var code = [UInt8](repeating: 0, count: Proof.codeSize)
        let result = crypto_auth_hmacsha256(&code, message, UInt64(message.count), bytes)
        precondition(result == 0, "crypto_auth_hmacsha256 never fails")
        return code
        #else
        preconditionFailure("built without libsodium")
        #endif
    }

    /// Whether a code is that of a message, in a time that does not depend on where the two differ.
    ///
    /// The corresponding C function is `sodium_memcmp`.
    func isCode(_ code: [UInt8], of message: [UInt8]) -> Bool {
        let own = self.code(of: message)
        guard own.count == code.count else { return false }
        #if Sodium
        return sodium_memcmp(own, code, own.count) == 0
        #else
        preconditionFailure("built without libsodium")
        #endif
    }

    /// As it stands in a file: base64 (RFC 4648 section 4).
    var base64: String {
        #if Sodium
        let variant = sodium_base64_VARIANT_ORIGINAL
        var text = [CChar](repeating: 0, count: sodium_base64_encoded_len(bytes.count, variant))
        sodium_bin2base64(&text, text.count, bytes, bytes.count, variant)
        return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #else
        preconditionFailure("built without libsodium")
        #endif
    }

    /// - Returns: nil where the text is not base64 of 32 bytes.
    init?(base64: String) {
        #if Sodium
        var bytes = [UInt8](repeating: 0, count: Self.size)
        var length = 0
        let result = sodium_base642bin(
            &bytes, bytes.count, base64, base64.utf8.count, nil, &length, nil, sodium_base64_VARIANT_ORIGINAL)
        guard result == 0, length == Self.size else { return nil }
        self.init(bytes)
        #else
        return nil
        #endif
    }
}

extension IdentityKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(a key)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Challenge {
    /// A fresh one.
    package static func random() -> Challenge {
        guard let challenge = Challenge(randomBytes(Challenge.size)) else { preconditionFailure("it has its size") }
        return challenge
    }
}

/// The corresponding C function is `randombytes_buf`, which takes them from getrandom(2).
private func randomBytes(_ count: Int) -> [UInt8] {
    #if Sodium
    precondition(sodium_init() >= 0, "libsodium has no source of random bytes")
    var bytes = [UInt8](repeating: 0, count: count)
    randombytes_buf(&bytes, count)
    return bytes
    #else
    preconditionFailure("built without libsodium")
    #endif
}
