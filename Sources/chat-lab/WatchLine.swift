import FoundationEssentials
import Recordings
import Reports
import Stories
import Text
import Watch

/// A connection that is over, in one line.
struct WatchLine {
    private let connection: EndedConnection
    private let opened: Double?

    /// - Parameter calendarOffset: From the clock of the trace to seconds since 1970.
    init(_ connection: EndedConnection, calendarOffset: Double) {
        self.connection = connection
        opened = connection.story.openerSeen ? connection.story.opened + calendarOffset : nil
    }

    func json() throws -> String {
        func program(_ side: Side) -> StoryDocument.Program? {
            connection[side].map { .init(pid: $0.pid, name: visible($0.name)) }
        }
        return try StoryDocument.Connection(
            connection.story, opened: opened,
            programs: .init(client: program(.client), server: program(.server))
        ).line(of: .watch)
    }

    var text: String {
        let story = connection.story
        let age = story.openerSeen ? "\(story.seconds.fixed(3)) s" : "began before the watch"
        let sentence = StorySentence(
            story, client: name(.client, "the client"), server: name(.server, "the server"), timeWaitSeconds: 60)
        return "\(end(.client)) → \(end(.server)), \(age)\(reason): \(sentence)"
            + (connection.isElsewhere ? " (Another network namespace.)" : "")
    }

    private var reason: String {
        connection.story.reset?.reason.map { ", RST \($0)" } ?? ""
    }

    private func name(_ side: Side, _ other: String) -> String { connection[side].map { visible($0.name) } ?? other }

    private func end(_ side: Side) -> String {
        let endpoint = side == .client ? connection.story.client : connection.story.server
        return connection[side].map { "\(endpoint) (\(visible($0.name)) \($0.pid))" } ?? "\(endpoint)"
    }
}
