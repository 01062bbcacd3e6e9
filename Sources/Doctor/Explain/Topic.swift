import TCPSockets
import Text

/// An error, a state, a close strategy, a socket option or a kernel setting, and what there is to know of it.
package struct Topic: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case error, state
        case strategy = "close strategy"
        case option = "socket option"
        case setting = "kernel setting"
        case ports

        var plural: String {
            switch self {
            case .error: "errors"
            case .state: "states"
            case .strategy: "close strategies"
            case .option: "socket options"
            case .setting: "kernel settings"
            case .ports: "ports"
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
    /// The kernel settings whose values belong to it, such as `net.ipv4.tcp_tw_reuse`.
    let settings: [String]
    /// What to do, the least harmful first.
    let remedies: [Statement]
    var statements: [Statement] { [meaning] + causes + remedies }

    init(
        _ kind: Kind, _ name: String, otherNames: [String] = [], _ meaning: Statement, causes: [Statement],
        remedies: [Statement], settings: [String] = []
    ) {
        (self.kind, self.name, self.otherNames, self.meaning) = (kind, name, otherNames, meaning)
        (self.causes, self.remedies, self.settings) = (causes, remedies, settings)
    }

    /// All there are: the errors, the states, the strategies, the options, the settings, the ports.
    package static let all = errors + states + strategies + options + settings + ports

    /// What a shell offers: of a setting also the name without its folder; and the Unix sockets that listen.
    package static var completions: [String] { names + settingNames + UnixSockets.read().listeningPaths }

    /// One for each; of a setting that without its folder.
    private static var names: [String] { all.map { $0.kind == .setting ? $0.otherNames.first ?? $0.name : $0.name } }

    /// Such as `net.ipv4.tcp_tw_reuse`.
    package static var settingNames: [String] { settings.map(\.name) }

    /// The full name of a setting that is known here by its last part too; any other as it is.
    package static func settingName(_ name: String) -> String {
        settings.first { $0.otherNames.contains(name) }?.name ?? name
    }

    /// - Parameter text: Small or capital letters, with hyphens, underscores or blanks; for an error also its number or its
    ///   sentence; for a state also as ss(8) and netstat(8) write it; for a setting also without its folder. What is written
    ///   exactly so wins: ip_local_port_range is a setting, IP_LOCAL_PORT_RANGE an option.
    package static func named(_ text: String) -> Topic? {
        if let exact = all.first(where: { $0.name == text || $0.otherNames.contains(text) }) { return exact }
        let name = plain(text)
        return all.first { plain($0.name) == name || $0.otherNames.contains { plain($0) == name } }
    }

    /// Why a name means nothing, and which it may have been meant to be.
    package static func complaint(_ name: String) -> String {
        if name.isEmpty { return "the name is empty; chat-lab explain lists the names" }
        if let port = UInt16(name), port > 0 {
            return "\(name) is not an errno of explain; for a port: chat-lab explain --port \(port)"
        }
        let hint = suggestion(for: name, among: names, otherwise: "chat-lab explain lists the names")
        return "explain has no topic \(name); \(hint)"
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
