/// Looks at bytes as they come, and says whether they can be UTF-8 (RFC 3629, section 4).
struct UTF8Check {
    private var missing = 0
    private var next: ClosedRange<UInt8> = Self.continuation
    private static let continuation: ClosedRange<UInt8> = 0x80...0xBF

    /// Whether the last character is whole.
    var isAtBoundary: Bool { missing == 0 }

    /// - Returns: False for a byte that no UTF-8 has in this place. The next one begins a character.
    mutating func accepts(_ byte: UInt8) -> Bool {
        if missing > 0 {
            let isExpected = next.contains(byte)
            missing = isExpected ? missing - 1 : 0
            next = Self.continuation
            return isExpected
        }
        next = Self.continuation
        switch byte {
        case 0x00...0x7F: missing = 0
        case 0xC2...0xDF: missing = 1
        // Not the forms that would be too long, nor surrogates, nor what lies above U+10FFFF.
        case 0xE0: (missing, next) = (2, 0xA0...0xBF)
        case 0xED: (missing, next) = (2, 0x80...0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, next) = (3, 0x90...0xBF)
        case 0xF4: (missing, next) = (3, 0x80...0x8F)
        case 0xF1...0xF3: missing = 3
        default: return false
        }
        return true
    }
}
