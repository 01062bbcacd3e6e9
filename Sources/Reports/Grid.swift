import Text

/// Rows of entries that may have several lines each, in aligned columns.
struct Grid {
    private let width: Int
    private let gap = 1
    private let paint: Paint
    private let style: (String) -> Paint.Style
    private var rows: [[[String]]] = []

    /// - Parameters:
    ///   - width: How wide a line may be; columns that are too wide for it are narrowed, the widest first.
    ///   - style: How a line of an entry is shown.
    init(width: Int, paint: Paint, style: @escaping (String) -> Paint.Style) {
        self.width = width
        self.paint = paint
        self.style = style
    }

    mutating func add(_ row: [[String]]) {
        rows.append(row)
    }

    /// The rows; a row's lines belong together.
    var blocks: [[String]] {
        let widths = columnWidths
        return rows.map { row in
            let entries = zip(row, widths).map { lines, width in
                lines.flatMap { line in TextLayout.wrap(line, width: width).map { ($0, style(line)) } }
            }
            return (0..<(entries.map(\.count).max() ?? 0)).map { number in
                let line = zip(entries, widths).map { lines, width in
                    guard number < lines.count else { return String(repeating: " ", count: width) }
                    let (text, style) = lines[number]
                    return paint(text, style) + String(repeating: " ", count: max(0, width - text.count))
                }
                return line.joined(separator: String(repeating: " ", count: gap)).trimmingEnd
            }
        }
    }

    /// A line as wide as all columns.
    var rule: String {
        let widths = columnWidths
        return String(repeating: "-", count: widths.reduce(0, +) + gap * (widths.count - 1))
    }

    private var columnWidths: [Int] {
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
    var trimmingEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
