/// What a person sees of the bytes that a program writes to a terminal: as much of a VT100 as GNU Readline and
/// `doctor --watch` use.
struct Screen {
    private var rows: [[Unicode.Scalar]] = [[]]
    private var row = 0
    private var column = 0
    private let columns: Int
    private let height: Int
    /// Whether a character behind the last column goes to the next row; otherwise it replaces the last one (DECAWM).
    private var wraps = true

    /// - Parameters:
    ///   - columns: How wide it is; as wide as its lines unless a test is about that.
    ///   - rows: How high it is.
    init(_ bytes: [UInt8], columns: Int = .max, rows height: Int = .max) {
        (self.columns, self.height) = (columns, height)
        var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": column = 0
            case "\n": lineFeed()
            case "\u{8}": column = max(0, column - 1)
            case "\u{7}": break
            case "\u{1B}": control(&rest)
            default: put(scalar)
            }
        }
    }

    /// The lines, without the blanks at their ends and the empty lines at the end.
    var lines: [String] {
        var lines = rows.map { row in
            var line = String.UnicodeScalarView()
            line.append(contentsOf: row)
            return String(String(line).trimmingSuffix { $0 == " " })
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    private mutating func lineFeed() {
        row += 1
        if row == rows.count { rows.append([]) }
        guard rows.count > height else { return }
        rows.removeFirst()
        row -= 1
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        if column == columns {
            column = wraps ? 0 : columns - 1
            if wraps { lineFeed() }
        }
        pad(to: column)
        if column < rows[row].count { rows[row][column] = scalar } else { rows[row].append(scalar) }
        column += 1
    }

    private mutating func pad(to column: Int) {
        while rows[row].count < column { rows[row].append(" ") }
    }

    /// A control sequence (ECMA-48, section 5.4): ESC, `[`, parameters, a final character.
    private mutating func control(_ rest: inout Substring.UnicodeScalarView) {
        guard rest.popFirst() == "[" else { return }
        var parameter = ""
        while let scalar = rest.popFirst() {
            guard ("@"..."~").contains(scalar) else {
                parameter.unicodeScalars.append(scalar)
                continue
            }
            if parameter == "?7" { wraps = scalar == "h" } else { perform(scalar, Int(parameter)) }
            return
        }
    }

    private mutating func perform(_ final: Unicode.Scalar, _ parameter: Int?) {
        let count = parameter ?? 1
        switch final {
        case "A": row = max(0, row - count)
        case "B": for _ in 0..<count { lineFeed() }
        case "C": column += count
        case "D": column = max(0, column - count)
        case "H" where parameter == nil: (row, column) = (0, 0)
        // Behind the last column the cursor stands on it.
        case "K" where parameter ?? 0 == 0: rows[row] = Array(rows[row].prefix(min(column, columns - 1)))
        case "J" where parameter ?? 0 == 0:
            rows[row] = Array(rows[row].prefix(min(column, columns - 1)))
            rows = Array(rows.prefix(row + 1))
        case "P": rows[row].removeSubrange(min(column, rows[row].count)..<min(column + count, rows[row].count))
        case "@":
            pad(to: column)
            rows[row].insert(contentsOf: repeatElement(" ", count: count), at: column)
        default: break
        }
    }
}
