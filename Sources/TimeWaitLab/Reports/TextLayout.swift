/// Text in lines of a limited width.
public enum TextLayout {
    /// A name and a text beside it: all lines but the first are indented.
    public static func hanging(_ text: String, indent: Int, width: Int = TextReport.width) -> [String] {
        let name = text.prefix(indent)
        let lines = paragraph(String(text.dropFirst(indent)), width: width, indent: indent)
        guard let first = lines.first else { return [String(name)] }
        return [String(name) + first.dropFirst(indent)] + lines.dropFirst()
    }

    /// Breaks text between words; a word that is too long for a line is broken behind a comma, or
    /// where the line ends.
    static func wrap(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            var rest = word
            if !line.isEmpty, line.count + 1 + rest.count > width {
                lines.append(line)
                line = ""
            }
            while rest.count > width {
                let end = rest.prefix(width).lastIndex(of: ",").map { rest.index(after: $0) }
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
    static func paragraph(_ text: String, width: Int, indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        return wrap(text, width: max(narrowest, width - indent)).map { margin + $0 }
    }

    static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

/// Rows of entries that may have several lines each, in aligned columns.
struct Grid {
    private let width: Int
    private let gap = 1
    private var rows: [[[String]]] = []

    /// - Parameter width: How wide a line may be; columns that are too wide for it are narrowed, the widest first.
    init(width: Int) {
        self.width = width
    }

    mutating func add(_ row: [[String]]) {
        rows.append(row)
    }

    /// The rows; a row's lines belong together.
    var blocks: [[String]] {
        let widths = columnWidths()
        return rows.map { row in
            let cells = zip(row, widths).map { lines, width in
                lines.flatMap { TextLayout.wrap($0, width: width) }
            }
            return (0..<(cells.map(\.count).max() ?? 0)).map { number in
                let line = zip(cells, widths).map { lines, width in
                    TextLayout.pad(number < lines.count ? lines[number] : "", width)
                }
                return line.joined(separator: String(repeating: " ", count: gap)).trimmingEnd
            }
        }
    }

    private func columnWidths() -> [Int] {
        let count = rows.map(\.count).max() ?? 0
        // As wide as the longest word, for entries break between words; only the heading is kept as it is.
        var widths = (0..<count).map { column -> Int in
            let lines = rows.flatMap { row -> [String] in column < row.count ? row[column] : [] }
            let words = lines.flatMap { $0.split(separator: " ").map(\.count) }
            return (words + rows[0][column].map(\.count)).max() ?? 0
        }
        while widths.reduce(0, +) + gap * (count - 1) > width, let widest = widths.max(), widest > 1,
            let index = widths.lastIndex(of: widest)
        {
            widths[index] -= 1
        }
        return widths
    }
}

extension String {
    fileprivate var trimmingEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
