import TCPSockets
import Text

/// A topic as a person reads it, and who has a port (`ExplainText+PortView.swift`); in lines of a limited width.
package struct ExplainText: Sendable {
    private let width: Int
    let paint: Paint

    private let slowClaims: Set<String>

    /// - Parameters:
    ///   - width: How long a line may be.
    ///   - slowClaims: Those that `chat-lab run` looks at with --full only.
    package init(width: Int = TextLayout.width, hasColour: Bool = false, slowClaims: Set<String> = []) {
        (self.width, paint, self.slowClaims) = (width, Paint(hasColour: hasColour), slowClaims)
    }

    package func text(_ topic: Topic) -> String {
        var lines = [paint(topic.name, .bold) + " (\(topic.kind.rawValue))"]
        lines += statement(topic.meaning, mark: "")
        lines += ["", paint(topic.kind == .strategy ? "What follows" : "How it arises", .bold)]
        for cause in topic.causes { lines += statement(cause, mark: "- ") }
        lines += ["", paint("What to do, the least harmful first", .bold)]
        for (number, remedy) in topic.remedies.enumerated() { lines += statement(remedy, mark: "\(number + 1). ") }
        if topic.statements.contains(where: \.isGeneralKnowledge) {
            lines += ["", "\(Self.generalKnowledge) Not shown by an experiment of this laboratory."]
        }
        return lines.joined(separator: "\n")
    }

    /// Behind each statement that rests on nothing named here.
    private static let generalKnowledge = "(*)"

    /// What is said, and below it what shows it or where it is written.
    private func statement(_ statement: Statement, mark: String) -> [String] {
        let text = statement.isGeneralKnowledge ? "\(statement.text) \(Self.generalKnowledge)" : statement.text
        var lines = item(mark, text)
        let indent = 4 + mark.count
        if !statement.shownBy.isEmpty {
            let command = "chat-lab run \(statement.shownBy.joined(separator: " "))"
            lines += paragraph(needsFull(statement) ? command + " --full" : command, indent: indent)
        }
        if let source = statement.source { lines += paragraph("See \(source).", indent: indent) }
        return lines
    }

    /// Whether a run without --full would leave something of it out.
    private func needsFull(_ statement: Statement) -> Bool {
        !slowClaims.isDisjoint(with: statement.shownBy)
    }

    /// The names of all topics, by kind.
    package var names: String {
        let lines = Topic.Kind.allCases.flatMap { kind in
            let names = Topic.all.filter { $0.kind == kind }.map(\.name).joined(separator: ", ")
            return [paint(kind.plural, .bold)] + paragraph(names, indent: 4)
        }
        return lines.joined(separator: "\n")
    }

    func item(_ mark: String, _ text: String) -> [String] {
        TextLayout.hanging("    " + mark + text, indent: 4 + mark.count, width: width)
    }

    func paragraph(_ text: String, indent: Int) -> [String] {
        TextLayout.paragraph(text, width: width, indent: indent)
    }
}
