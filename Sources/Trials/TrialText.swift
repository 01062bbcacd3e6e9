import Recordings
import Reports
package import Stories
import TCPSockets
import Text

/// The result of a trial for a person: one sentence, the segments, what it means, what to do, and how the programs ended.
package struct TrialText: Sendable {
    /// So many connections are told in full; of the others it is told how many went in which way.
    static let told = 3
    private static let rungs = 24

    private let result: TrialResult
    private let width: Int
    private let paint: Paint

    package init(_ result: TrialResult, width: Int, hasColour: Bool) {
        (self.result, self.width, paint) = (result, width, Paint(hasColour: hasColour))
    }

    package var text: String {
        var blocks: [[String]] = []
        for (index, connection) in result.connections.prefix(Self.told).enumerated() {
            blocks += story(connection, number: result.connections.count > 1 ? index + 1 : nil)
        }
        if result.connections.count > Self.told { blocks.append(summary) }
        blocks.append(programs)
        return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    // MARK: - a connection

    private func story(_ connection: TrialConnection, number: Int?) -> [[String]] {
        let telling = Telling(result, connection)
        let prefix = number.map { "\($0): " } ?? ""
        let sentence = wrapped(visible(prefix + telling.sentence)).map { paint($0, .bold) }
        let recording = connection.recording
        let ladder = Ladder(recording, width: min(width, 100), paint: paint, language: .unknown).lines(most: Self.rungs)
        return [sentence, ladder, telling.meaning.flatMap { hanging($0.name, $0.text) }]
    }

    /// How many connections went in which way.
    private var summary: [String] {
        let count = result.connections.count
        return wrapped("\(count.grouped) connections in all, by how they ended:")
            + Ways(result.connections.map(\.story)).lines.map { "  \($0)" }
    }

    // MARK: - the programs

    private var programs: [String] {
        var items: [(String, String)] = []
        let listener = result.listener
        let others = Set(listener.others.map { "\($0)" }).sorted()
        let also = others.isEmpty ? "" : ", and on \(others.joined(separator: ", ")) (--port chooses)"
        let owner = listener.owner.map { "\($0.name) listened" } ?? "Listened"
        items.append(
            ("Server", "\(owner) on \(listener.endpoint)\(also). \(words(result.server, running: "It kept running."))"))
        items.append(("Client", words(result.client, running: "It was still running when the time was up.")))
        if let again = result.again { items.append(("Again", words(again))) }
        if let restart = result.restart { items.append(("Restarted", words(restart))) }
        return items.flatMap { hanging($0.0, $0.1) }
    }

    private func words(_ command: TrialResult.Command, running: String) -> String {
        let end: String = command.status.map { "It ended with \(Ending.words($0))." } ?? running
        guard command.status != 0, command.status != nil, !command.lastWords.isEmpty else { return end }
        return "\(end) It said: \(command.lastWords.joined(separator: " / "))"
    }

    private func words(_ again: TrialResult.Again) -> String {
        let end = words(again.command, running: "It did not end in time.")
        if again.worked {
            let port = again.connections.first.map { " from port \($0.story.client.port)" } ?? ""
            return "The same client works again at once\(port). \(end)"
        }
        let call: String =
            switch (again.bind, again.connect) {
            case (.failed(let errno)?, _): "bind() failed with \(errno.name)."
            case (_, .failed(let errno)?): "connect() failed with \(errno.name)."
            case (_, .noAnswer?): "Its SYN got no answer."
            case _ where again.connections.isEmpty:
                "No SYN left its host, so bind() or connect() failed, or neither was called."
            default: "It connected, but did not end like the first time."
            }
        return "The same client does not work again at once. \(call) \(end)"
    }

    private func words(_ restart: TrialResult.Restart) -> String {
        let killed = result.hadToKill ? " (SIGTERM did not end it in 5 s; it was killed)" : ""
        switch restart {
        case .listens(let time):
            return
                "The server listens again on its port \(Int(time.inSeconds * 1000).grouped) ms after it was started\(killed)."
        case .failed(let why, let holders):
            let states = Dictionary(grouping: holders, by: \.state).map { "\($0.value.count.grouped) in \($0.key)" }
                .sorted()
            let who =
                states.isEmpty ? "Nothing on its host has the port." : "On its port: \(states.joined(separator: ", "))."
            return "The server does not listen again on its port\(killed): \(why) \(who)"
        }
    }

    // MARK: - lines

    private func wrapped(_ text: String) -> [String] { TextLayout.wrap(text, width: width) }

    private func hanging(_ name: String, _ text: String) -> [String] {
        TextLayout.hanging(visible(TextLayout.pad(name, 10) + text), indent: 10, width: width)
    }
}

extension TrialConnection {
    /// As any other recording.
    var recording: Recording {
        Recording("\(story.client.port)", segments: segments, clientCalls: [], serverCalls: [])
    }
}

/// What there is to say of one connection.
struct Telling {
    /// TCP_TIMEWAIT_LEN (include/net/tcp.h).
    static let timeWaitSeconds = 60

    let sentence: String
    let meaning: [(name: String, text: String)]

    init(_ result: TrialResult, _ connection: TrialConnection) {
        let story = connection.story
        let names = Self.names(result, connection)
        sentence = Self.capitalised(
            StorySentence(story, client: names.client, server: names.server, timeWaitSeconds: Self.timeWaitSeconds)
                .description)
        var known = StoryMeaning.Known()
        (known.client, known.server) = names
        known.ports = result.ports?.count
        known.timeWaitSeconds = Self.timeWaitSeconds
        known.reusesAddress = result.listener(of: connection)?.reusesAddress
        known.keptSocket = connection.keptSocket
        known.states = (
            connection.states.state(connection.host(.client)), connection.states.state(connection.host(.server))
        )
        let meaning = StoryMeaning(story, known)
        let lines: [(String, String?)] = [
            ("Port", meaning.forClient), ("Restart", meaning.forServer), ("Strategy", meaning.strategy),
            ("To do", meaning.advice),
        ]
        self.meaning = lines.compactMap { name, text in text.map { (name, $0) } }
    }

    /// Both programs as a sentence calls them: by their names, and by their parts where these are equal or not known.
    static func names(_ result: TrialResult, _ connection: TrialConnection) -> (client: String, server: String) {
        let client = connection.owner?.name
        let server = result.listener(of: connection)?.owner?.name
        if let client, client == server { return ("\(client) (client)", "\(client) (server)") }
        return (client ?? "the client", server ?? "the server")
    }

    /// A sentence that begins with the name of a program keeps it as it is.
    private static func capitalised(_ text: String) -> String {
        for start in ["the ", "it ", "both ", "nobody "] where text.hasPrefix(start) {
            return text.prefix(1).uppercased() + text.dropFirst()
        }
        return text
    }
}

/// How often connections went in which way, the most frequent first.
package struct Ways: Sendable {
    package let counts: [(words: String, count: Int)]

    package init(_ stories: [Story]) {
        let words = stories.map { story in
            let first =
                switch story.firstToClose {
                case .none: "nobody closed"
                case .both: "both closed at the same time"
                case .client, .server: "the \(story.firstToClose.rawValue) closed first"
                }
            let holder =
                switch story.timeWait {
                case .none: "no TIME-WAIT"
                case .unknown: "TIME-WAIT not seen"
                case .both: "TIME-WAIT at both"
                case .client, .server: "TIME-WAIT at the \(story.timeWait.rawValue)"
                }
            return "\(first), \(Self.words(story.ending)), \(holder)"
        }
        counts = Dictionary(grouping: words) { $0 }.map { ($0.key, $0.value.count) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    }

    private static func words(_ ending: Story.Ending) -> String {
        switch ending {
        case .fin: "by FIN"
        case .rst: "by RST"
        case .refused: "refused"
        case .timedOut: "timed out"
        case .open: "not over"
        }
    }

    package var lines: [String] {
        let width = counts.map { $0.count.grouped.count }.max() ?? 0
        return counts.map { way in
            String(repeating: " ", count: width - way.count.grouped.count) + "\(way.count.grouped) × \(way.words)"
        }
    }
}
