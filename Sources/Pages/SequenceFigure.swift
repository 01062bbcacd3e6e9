extension SequenceDrawing {
    /// The drawing, in a frame that scrolls where the page is narrower.
    package func figure(title: String) -> Markup { Self.frame(svg(title: title), title: title) }

    static func frame(_ svg: Markup, title: String) -> Markup {
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(title)\">\(svg)</div>"
    }

    /// How to read a drawing.
    static let key: Markup = """
        <details class="body"><summary>How to read the drawings</summary>
        <p>One row for each event, in order, with the milliseconds since the first segment at the left: the axis is not \
        linear in time. A slanting arrow is a segment, from the moment it appeared on the wire to the moment it was \
        delivered; sequence numbers count from the beginning of the connection, and below zero before it. A dashed line \
        is a segment that waits on the wire, ✕ one that was dropped, a diamond one that the wire itself has made. A dot \
        on a life line is a socket call that has returned, with what it returned. The columns at both sides are the \
        state that each host’s socket table showed, from where it was first seen to be so. Where segments of several \
        connections cross, the columns speak of the one that moved last. Reading back an option that was just set is \
        left out.</p></details>
        """
}
