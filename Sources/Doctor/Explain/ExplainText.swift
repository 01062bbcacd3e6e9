import TCPSockets
import Text

/// A topic as a person reads it, and who has a port (`ExplainText+PortView.swift`); in lines of a limited width.
package struct ExplainText: Sendable {
    private let width: Int
    let paint: Paint

    private let slowClaims: Set<String>
    private let value: @Sendable (String) -> String?

    /// - Parameters:
    ///   - width: How long a line may be.
    ///   - slowClaims: Those that `chat-lab run` looks at with --full only.
    ///   - value: What a kernel setting is now, nil where the kernel has none of that name.
    package init(
        width: Int = TextLayout.width, hasColour: Bool = false, slowClaims: Set<String> = [],
        value: @escaping @Sendable (String) -> String? = NetworkSettings.value
    ) {
        (self.width, paint, self.slowClaims, self.value) = (width, Paint(hasColour: hasColour), slowClaims, value)
    }

    /// - Parameter port: The port that is shown already: no advice to look at it.
    package func text(_ topic: Topic, besides port: UInt16? = nil) -> String {
        var lines = [paint(topic.name, .bold) + " (\(topic.kind.rawValue))"]
        lines += statement(topic.meaning, mark: "")
        lines += topic.settings.flatMap { paragraph("On this machine now: \(current($0))", indent: 4) }
        lines += ["", paint(topic.kind == .error || topic.kind == .state ? "Causes" : "What follows", .bold)]
        for cause in topic.causes { lines += statement(cause, mark: "- ") }
        lines += ["", paint("What to do, the least harmful first", .bold)]
        let remedies = topic.remedies.filter { port == nil || !$0.text.contains("--port N") }
        for (number, remedy) in remedies.enumerated() { lines += statement(remedy, mark: "\(number + 1). ") }
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
        let evidence = [command(statement), statement.source.map { "see \($0)" }].compactMap(\.self)
        if !evidence.isEmpty { lines += paragraph("[\(evidence.joined(separator: "; "))]", indent: indent) }
        return lines
    }

    private func command(_ statement: Statement) -> String? {
        guard !statement.shownBy.isEmpty else { return nil }
        return "chat-lab run \(statement.shownBy.joined(separator: " "))" + (needsFull(statement) ? " --full" : "")
    }

    /// Such as `net.ipv4.tcp_tw_reuse = 2`.
    private func current(_ setting: String) -> String {
        guard let value = value(setting) else { return "this kernel has no \(setting)" }
        return "\(setting) = \(value.isEmpty ? "(none)" : value)"
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
