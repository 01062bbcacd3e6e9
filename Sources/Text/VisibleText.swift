/// Text from somebody else, a peer or another process, in a form in which it cannot drive the terminal that shows it.
///
/// Control characters become visible: those below U+0020 and U+007F in caret notation (`^[` for ESC), those from
/// U+0080 to U+009F, the line separators and the characters that turn the direction of writing as `\u{…}`.
package func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isDangerous) else { return text }
    var visible = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0..<0x20: visible += "^\(Character(Unicode.Scalar(UInt8(scalar.value) + 0x40)))".unicodeScalars
        case 0x7F: visible += "^?".unicodeScalars
        case _ where isDangerous(scalar):
            visible += "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars
        default: visible.append(scalar)
        }
    }
    return String(visible)
}

/// The same for a text of several lines, which stay lines.
package func visibleLines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { visible(String($0)) }.joined(separator: "\n")
}

private func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
}
