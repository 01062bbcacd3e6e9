/// The layout of a message on the wire:
///
///      0               4       5                        4 + length
///      +---------------+-------+------------------------+
///      | length: u32 BE| kind  | body (length - 1 bytes)|
///      +---------------+-------+------------------------+
///
/// `length` counts the kind and the body.
public enum Frame {
    /// The size of the length field.
    public static let headerSize = 4
    /// The largest length that is accepted where nothing else is said.
    public static let defaultLimit = 65_536
    /// The largest length that anyone may accept.
    public static let highestLimit = 16_777_216

    /// Appends a message to bytes that are about to be sent.
    public static func append(_ message: Message, to bytes: inout [UInt8]) {
        switch message {
        case .question(let text): append(.question, text, to: &bytes)
        case .answer(let text): append(.answer, text, to: &bytes)
        case .exit: appendHeader(.exit, bodyLength: 0, to: &bytes)
        case .error(let code, let text):
            var text = text
            text.withUTF8 { utf8 in
                appendHeader(.error, bodyLength: 2 + utf8.count, to: &bytes)
                bytes.append(UInt8(code.rawValue >> 8))
                bytes.append(UInt8(truncatingIfNeeded: code.rawValue))
                bytes.append(contentsOf: utf8)
            }
        case .padding(let count):
            appendHeader(.padding, bodyLength: count, to: &bytes)
            bytes.append(contentsOf: repeatElement(0, count: count))
        case .challenge(let challenge):
            appendHeader(.challenge, bodyLength: Challenge.size, to: &bytes)
            bytes += challenge.bytes
        case .proof(let proof):
            let name = proof.name.utf8
            appendHeader(.proof, bodyLength: Proof.overhead + name.count, to: &bytes)
            bytes.append(UInt8(name.count))
            bytes += name
            bytes += proof.code
        }
    }

    /// The bytes of one message.
    public static func bytes(of message: Message) -> [UInt8] {
        var bytes: [UInt8] = []
        append(message, to: &bytes)
        return bytes
    }

    /// What the length field of a question or answer with this text holds.
    public static func length(ofText text: String) -> Int { 1 + text.utf8.count }

    private static func append(_ kind: Kind, _ text: String, to bytes: inout [UInt8]) {
        // withUTF8 may have to make the string contiguous, which needs a variable; a native string already is.
        var text = text
        text.withUTF8 { utf8 in
            appendHeader(kind, bodyLength: utf8.count, to: &bytes)
            bytes.append(contentsOf: utf8)
        }
    }

    /// The length and the kind, as they are sent.
    public static func header(_ kind: Kind, bodyLength: Int) -> [5 of UInt8] {
        let length = UInt32(1 + bodyLength)
        return [
            UInt8(length >> 24), UInt8(truncatingIfNeeded: length >> 16), UInt8(truncatingIfNeeded: length >> 8),
            UInt8(truncatingIfNeeded: length), kind.rawValue,
        ]
    }

    private static func appendHeader(_ kind: Kind, bodyLength: Int, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: header(kind, bodyLength: bodyLength)) { bytes.append(contentsOf: $0) }
    }
}
