/// Text in colour where that is allowed, and as it is elsewhere.
package struct Paint: Sendable {
    /// ECMA-48, Select Graphic Rendition.
    package enum Style: String {
        case plain = "", bold = "1", red = "31", green = "32", yellow = "33"
    }

    package let hasColour: Bool

    package init(hasColour: Bool) {
        self.hasColour = hasColour
    }

    package func callAsFunction(_ text: String, _ style: Style) -> String {
        guard hasColour, style != .plain else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }

    /// A line whose first characters alone have the style: it was laid out before, when no escape counted.
    package func callAsFunction(_ line: String, first count: Int, _ style: Style) -> String {
        self(String(line.prefix(count)), style) + line.dropFirst(count)
    }
}
