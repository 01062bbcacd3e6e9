/// Text in lines of a limited width.
package enum TextLayout {
    /// No line is longer, unless it is asked for.
    package static let width = 100

    /// A name and a text beside it: all lines but the first are indented.
    package static func hanging(_ text: String, indent: Int, width: Int = TextLayout.width) -> [String] {
        let name = text.prefix(indent)
        let lines = paragraph(String(text.dropFirst(indent)), width: width, indent: indent)
        guard let first = lines.first else { return [String(name)] }
        return [String(name) + first.dropFirst(indent)] + lines.dropFirst()
    }

    /// Breaks text between words; a word that is too long for a line is broken behind a comma, a
    /// hyphen or a plus, or where the line ends.
    package static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            var rest = word
            if !line.isEmpty, line.count + 1 + rest.count > width {
                lines.append(line)
                line = ""
            }
            while rest.count > width {
                let end = rest.prefix(width).lastIndex(where: ",-+".contains).map { rest.index(after: $0) }
                let part = end.map { rest[..<$0] } ?? rest.prefix(width)
                lines.append(String(part))
                rest = rest[part.endIndex...]
            }
            line += line.isEmpty ? String(rest) : " \(rest)"
        }
        return line.isEmpty ? lines : lines + [line]
    }

    /// What is left of a line beside its margin is at least this wide, if the line becomes too long for it.
    private static let narrowest = 16

    /// The same, with a margin at the left of each line.
    package static func paragraph(_ text: String, width: Int, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        return wrap(text, width: max(narrowest, width - indent)).map { margin + $0 }
    }

    package static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
