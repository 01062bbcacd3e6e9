import FoundationEssentials
package import Recordings
package import Stories
import Text

/// The stories of connections as JSON: the names of the properties are the keys.
package struct StoryDocument: Encodable, Sendable {
    static let currentSchema = 1

    /// Whose connections these are.
    package enum Source: String, Codable, Sendable {
        case `try`, read, watch
    }

    package struct Program: Codable, Hashable, Sendable {
        let pid: Int32
        let name: String

        package init(pid: Int32, name: String) {
            (self.pid, self.name) = (pid, name)
        }
    }

    package struct Programs: Codable, Hashable, Sendable {
        @Nullable var client: Program?
        @Nullable var server: Program?

        package init(client: Program? = nil, server: Program? = nil) {
            (self.client, self.server) = (client, server)
        }
    }

    struct Reset: Codable, Hashable, Sendable {
        let from: Side
        let cause: ResetCause
        @Nullable var reason: String?
        let knownFrom: Story.Reset.Source
    }

    let schema = Self.currentSchema
    let source: Source
    @Nullable var kernel: String?
    let connections: [Connection]
    @Nullable var again: Again?

    /// - Parameters:
    ///   - kernel: Whose hosts these were, as `uname -r` tells it; nil for traffic that was recorded elsewhere.
    ///   - again: What became of the same command once more.
    package init(source: Source, kernel: String?, connections: [Connection], again: Again? = nil) {
        (self.source, self.kernel, self.connections, self.again) = (source, kernel, connections, again)
    }

    /// As text: keys in alphabetical order.
    package func json() throws -> String { try Self.text(self, [.prettyPrinted]) }

    fileprivate static func text(_ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting = []) throws
        -> String
    {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension StoryDocument {
    package struct Connection: Codable, Hashable, Sendable {
        let client, server: String
        let openerSeen: Bool
        /// RFC 3339, in UTC, with microseconds.
        @Nullable var opened: String?
        let seconds: Double
        let firstToClose: Outcome.Holder
        let ending: Story.Ending
        let timeWait: Story.TimeWait
        let timeWaitSeen: Bool
        @Nullable var reset: Reset?
        @Nullable var bytes: Story.Sides?
        @Nullable var unacknowledged: Story.Sides?
        @Nullable var retransmitted: Story.Sides?
        let directionsSeen: Story.Directions
        let programs: Programs
        @Nullable var pcap: String?

        /// - Parameters:
        ///   - opened: Seconds since 1970; nil where the recording has no calendar, or began after the connection.
        ///   - pcap: The capture of this connection alone.
        package init(_ story: Story, opened: Double?, programs: Programs = Programs(), pcap: String? = nil) {
            (client, server, openerSeen) = ("\(story.client)", "\(story.server)", story.openerSeen)
            self.opened = opened.map(Self.timestamp)
            seconds = (story.seconds * 1_000_000).rounded() / 1_000_000
            (firstToClose, ending) = (story.firstToClose, story.ending)
            (timeWait, timeWaitSeen) = (story.timeWait, story.timeWaitSeen)
            reset = story.reset.map {
                Reset(from: $0.from, cause: $0.cause, reason: $0.reason, knownFrom: $0.knownFrom)
            }
            (bytes, unacknowledged) = (story.bytes, story.unacknowledged)
            (retransmitted, directionsSeen) = (story.retransmitted, story.directionsSeen)
            (self.programs, self.pcap) = (programs, pcap)
        }

        private static func timestamp(_ seconds: Double) -> String {
            let whole = seconds.rounded(.down)
            let microseconds = min(Int(((seconds - whole) * 1_000_000).rounded()), 999_999)
            let date = Date(timeIntervalSince1970: whole).formatted(.iso8601).dropLast()
            let digits = String(microseconds)
            return "\(date).\(String(repeating: "0", count: 6 - digits.count))\(digits)Z"
        }

        /// On one line, as an element of a document's `connections`.
        package func element() throws -> String { try StoryDocument.text(self) }

        /// On one line, with what it needs to stand alone.
        package func line(of source: Source) throws -> String {
            try StoryDocument.text(Line(source: source, connection: self))
        }
    }

    /// What became of the same command once more, at once.
    package struct Again: Codable, Hashable, Sendable {
        /// The command's exit status.
        let exit: Int32
        let worked: Bool
        let bind, connect: String

        /// - Parameter attempt: Which call failed; nil where that was not seen.
        package init(exit: Int32, worked: Bool, attempt: Outcome.Reconnect?) {
            (self.exit, self.worked) = (exit, worked)
            bind = attempt.map { "\($0.bind)" } ?? "unknown"
            connect = attempt?.connect.map { "\($0)" } ?? "unknown"
        }

        /// The same where each call was seen or not.
        package init(exit: Int32, worked: Bool, bind: CallResult?, connect: CallResult?) {
            (self.exit, self.worked) = (exit, worked)
            (self.bind, self.connect) = (bind.map { "\($0)" } ?? "unknown", connect.map { "\($0)" } ?? "unknown")
        }
    }

    fileprivate struct Line: Encodable {
        let source: Source
        let connection: Connection

        private enum Keys: String, CodingKey { case schema, source }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Keys.self)
            try container.encode(StoryDocument.currentSchema, forKey: .schema)
            try container.encode(source, forKey: .source)
            try connection.encode(to: encoder)
        }
    }
}
