/// A sentence that somebody has written about TIME-WAIT, and that a kernel can confirm or refute.
package struct Claim: Sendable, Hashable {
    /// How a claim is meant, and so what decides on it.
    package enum Sense: Sendable {
        /// It says that something is so: whatever is otherwise under ordinary circumstances is against it.
        case assertion
        /// It says what something is there for, or that something may be or can be done: one ordinary sighting is enough.
        case possibility
    }

    /// Such as `A1`; the letter names the source.
    package let id: String
    /// A sentence that makes sense alone.
    package let text: String
    package let answer: Answer
    package let sense: Sense

    init(_ id: String, _ text: String, _ answer: Answer, sense: Sense = .assertion) {
        (self.id, self.text, self.answer, self.sense) = (id, text, answer, sense)
    }

    /// Where it stands.
    package var source: String { Self.sources[String(id.prefix(1))] ?? "" }

    package static func named(_ id: String) -> Claim? {
        all.first { $0.id.lowercased() == id.lowercased() }
    }

    /// All claims, in the order of their sources.
    package static let all = article + followUp + linuxNotes + unreadData + skipping + later

    private static let sources = [
        "A": "an article of 2010 (Windows XP; a one-question-one-answer chat whose client binds a fixed port)",
        "B": "the article's follow-up, with four remedies",
        "C": "notes on Linux, by another author",
        "D": "a note on unread data (Linux 2.6.18 and Windows XP)",
        "E": "a note on how to skip TIME-WAIT",
        "F": "what none of them knew, and a reader today should",
    ]
}
