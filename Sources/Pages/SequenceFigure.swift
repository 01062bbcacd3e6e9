extension SequenceDrawing {
    /// The drawing, in a frame that scrolls where the page is narrower.
    package func figure(title: String) -> Markup { Self.frame(svg(title: title), title: title) }

    static func frame(_ svg: Markup, title: String) -> Markup {
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(title)\">\(svg)</div>"
    }

    /// How to read a drawing.
    static let key: Markup = """
        <details class="body"><summary>How to read the drawings</summary>
        <p>One row for each event, in order, with the milliseconds since the first segment on the left; the time axis is \
        not linear. A slanted arrow is a segment, from when it was sent to when it was delivered; sequence numbers are \
        relative to the start of the connection, and negative before it. A dashed line is a segment that waits on the \
        wire, ✕ one that was dropped, a diamond one that the wire injected. A dot on a life line is a socket call that \
        returned, with its result. The columns on both sides are the state in each host’s socket table, from when it was \
        first seen. If several connections mix, the columns show the one that moved last. Reading back an option that was \
        just set is left out.</p></details>
        """
}
