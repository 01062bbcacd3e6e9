/// A sentence of an explanation, with what it rests on.
struct Statement: Sendable, Hashable, ExpressibleByStringLiteral {
    let text: String
    /// Cells, experiments and claims that show it: what `chat-lab run` takes.
    let shownBy: [String]
    /// Where it is written: a manual page, a section of an RFC, a file of the kernel.
    let source: String?

    init(_ text: String, shownBy: [String], source: String? = nil) {
        (self.text, self.shownBy, self.source) = (text, shownBy, source)
    }

    init(_ text: String, _ shownBy: String..., source: String? = nil) {
        self.init(text, shownBy: shownBy, source: source)
    }

    /// Nothing is named that shows it.
    init(stringLiteral text: String) {
        self.init(text, shownBy: [])
    }

    /// Whether neither an experiment shows it nor a source is named.
    var isGeneralKnowledge: Bool { shownBy.isEmpty && source == nil }
}
