import Glibc

/// HTML or SVG. What is put into a literal of it is text, and is escaped, unless it is markup already:
///
/// ```
/// let cell: Markup = "<td>\(text)</td>"
/// let row: Markup = "<tr>\(cells.markup { "<td>\($0)</td>" })</tr>"
/// ```
package struct Markup: Sendable {
    package private(set) var source: String

    /// - Parameter source: Markup, not text: it is not escaped. A literal says the same and is checked more easily.
    package init(source: String) { self.source = source }

    package static func + (one: Markup, other: Markup) -> Markup { Markup(source: one.source + other.source) }
    package static func += (one: inout Markup, other: Markup) { one.source += other.source }
}

extension Markup: ExpressibleByStringInterpolation {
    package init(stringLiteral literal: String) { source = literal }

    package init(stringInterpolation interpolation: Interpolation) { source = interpolation.source }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate private(set) var source = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            source.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: String) { source += literal }

        /// Text, which is escaped.
        package mutating func appendInterpolation(_ text: some StringProtocol) { source += text.escaped }

        package mutating func appendInterpolation(_ number: some BinaryInteger) { source += "\(number)" }

        package mutating func appendInterpolation(_ markup: Markup) { source += markup.source }

        /// Markup, or nothing where there is none.
        package mutating func appendInterpolation(_ markup: Markup?) { source += markup?.source ?? "" }
    }
}

extension Sequence {
    /// What is written for each element, one behind the other.
    package func markup(_ markup: (Element) -> Markup) -> Markup {
        reduce(into: "") { $0 += markup($1) }
    }
}

extension StringProtocol {
    /// As text, or as a quoted attribute, of HTML and SVG: unable to end either, or to begin markup.
    fileprivate var escaped: String {
        var text = String(self)
        // Most text needs nothing; memchr(3) finds that out many times faster than a walk by scalars.
        let isPlain = text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return true }
            func has(_ sign: Unicode.Scalar) -> Bool { memchr(start, CInt(sign.value), bytes.count) != nil }
            return !(has("&") || has("<") || has(">") || has("\"") || has("'"))
        }
        if isPlain { return text }
        return text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }
}
