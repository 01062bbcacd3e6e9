/// A line in pieces, each of its own style, so that it can be measured and cut before it is coloured.
package struct StyledLine: Hashable, Sendable, ExpressibleByStringInterpolation {
    package enum Style: String, Sendable {
        case plain = ""
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    package private(set) var pieces: [(text: String, style: Style)] = []

    package init(_ text: String = "", _ style: Style = .plain) {
        pieces = [(visible(text), style)]
    }

    package init(stringLiteral text: String) {
        self.init(text)
    }

    package static func + (left: StyledLine, right: StyledLine) -> StyledLine {
        var line = left
        line.pieces += right.pieces
        return line
    }

    package static func == (left: StyledLine, right: StyledLine) -> Bool {
        left.pieces.elementsEqual(right.pieces) { $0 == $1 }
    }

    package func hash(into hasher: inout Hasher) {
        for piece in pieces { hasher.combine(piece.text) }
    }

    package var count: Int { pieces.reduce(0) { $0 + $1.text.count } }

    /// Cut to a width; where something is lost, … stands in its place.
    package func fitted(to width: Int) -> StyledLine {
        guard count > width else { return self }
        var line = StyledLine()
        var room = max(0, width - 1)
        for piece in pieces where room > 0 {
            line.pieces.append((String(piece.text.prefix(room)), piece.style))
            room -= piece.text.count
        }
        line.pieces.append((width > 0 ? "…" : "", .plain))
        return line
    }

    /// Filled with blanks, or cut, to a width.
    package func padded(to width: Int) -> StyledLine {
        fitted(to: width) + StyledLine(String(repeating: " ", count: max(0, width - count)))
    }

    /// With the sequences of ECMA-48 for its styles (section 8.3.117, SGR), or without any.
    package func text(hasColour: Bool) -> String {
        pieces.map { piece in
            hasColour && piece.style != .plain ? "\u{1B}[\(piece.style.rawValue)m\(piece.text)\u{1B}[m" : piece.text
        }.joined()
    }
}
