import TCPSockets
import Text

/// An error, a state or a close strategy, and what there is to know of it.
package struct Topic: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case error, state
        case strategy = "close strategy"

        var plural: String {
            switch self {
            case .error: "errors"
            case .state: "states"
            case .strategy: "close strategies"
            }
        }
    }

    package let kind: Kind
    /// As it is written, such as `EADDRINUSE`, `TIME-WAIT`, `half-close`.
    package let name: String
    /// Other ways to write it, in small letters and with hyphens.
    let otherNames: [String]
    let meaning: Statement
    /// In which ways it arises; of a strategy, what follows from it.
    let causes: [Statement]
    /// What to do, the least harmful first.
    let remedies: [Statement]
    var statements: [Statement] { [meaning] + causes + remedies }

    init(
        _ kind: Kind, _ name: String, otherNames: [String] = [], _ meaning: Statement, causes: [Statement],
        remedies: [Statement]
    ) {
        (self.kind, self.name, self.otherNames, self.meaning) = (kind, name, otherNames, meaning)
        (self.causes, self.remedies) = (causes, remedies)
    }

    /// All there are: the errors, the states, the strategies.
    package static let all = errors + states + strategies

    /// - Parameter text: Small or capital letters, with hyphens, underscores or blanks; for an error also its number or its
    ///   sentence; for a state also as ss(8) and netstat(8) write it.
    package static func named(_ text: String) -> Topic? {
        let name = plain(text)
        return all.first { plain($0.name) == name || $0.otherNames.contains { plain($0) == name } }
    }

    /// Why a name means nothing, and which it may have been meant to be.
    package static func complaint(_ name: String) -> String {
        if name.isEmpty { return "the name is empty; chat-lab explain lists the names" }
        let near = nearNames(name.replacing("_", with: "-"), among: all.map(\.name))
        let suggestion =
            near.isEmpty
            ? "chat-lab explain lists the names"
            : "did you mean \(near.joined(separator: " or "))?"
        return "\(name) is no error, state or close strategy known here; \(suggestion)"
    }

    private static func plain(_ text: String) -> String {
        String(text.lowercased().filter { $0.isLetter || $0.isNumber })
    }

    static func error(_ errno: Errno, _ meaning: Statement, causes: [Statement], remedies: [Statement]) -> Topic {
        Topic(
            .error, errno.name, otherNames: ["\(errno.rawValue)", errno.message],
            Statement("\(errno.message). \(meaning.text)", shownBy: meaning.shownBy, source: meaning.source),
            causes: causes, remedies: remedies)
    }
}
