package import ChatProtocol

/// A name and its key.
package struct Identity: Sendable {
    package let name: String
    let key: IdentityKey

    /// With a fresh key.
    ///
    /// - Returns: nil where the name cannot be one.
    package init?(newNamed name: String) {
        guard Self.isName(name) else { return nil }
        (self.name, key) = (name, .random())
    }

    /// Reads a line, `NAME KEY`.
    init?(line: Substring) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 2, Self.isName(String(words[0])), let key = IdentityKey(base64: String(words[1])) else {
            return nil
        }
        (name, self.key) = (String(words[0]), key)
    }

    /// Whether a name can stand in a file: 1 to 64 bytes without blanks and control characters, and no comment.
    package static func isName(_ text: String) -> Bool {
        Proof.nameSizes.contains(text.utf8.count) && !text.hasPrefix("#")
            && text.unicodeScalars.allSatisfy {
                !$0.properties.isWhitespace && $0.properties.generalCategory != .control
                    && $0.properties.generalCategory != .format
            }
    }

    /// As it stands in a file, and as `init(line:)` reads it. It holds the key.
    package var line: String { "\(name) \(key.base64)" }

    /// What answers a challenge.
    package func proof(to challenge: Challenge) -> Proof {
        let code = key.code(of: Proof.statement(of: name, to: challenge))
        guard let proof = Proof(name: name, code: code) else { preconditionFailure("a name has its size") }
        return proof
    }
}
