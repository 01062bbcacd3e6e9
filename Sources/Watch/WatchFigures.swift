package import Recordings
package import Stories
package import TCPSockets
import Text

/// The connections that have ended, counted by service and program: of the last seconds, and of the whole watch.
package struct WatchFigures: Sendable {
    /// What is counted together.
    package struct Key: Hashable, Sendable {
        /// The server's end.
        package let service: Endpoint
        /// The programs at the ends that are on this machine; nil for the other end, and "?" for one that made no call.
        package let client, server: String?
        package let isElsewhere: Bool

        init(_ connection: EndedConnection) {
            service = connection.story.server
            func name(_ side: Side) -> String? {
                connection.isHere(side) ? connection[side].map { visible($0.name) } ?? "?" : nil
            }
            (client, server) = (name(.client), name(.server))
            isElsewhere = connection.isElsewhere
        }
    }

    /// A RST, by who sent it and the kernel's word for it.
    package struct ResetKind: Hashable, Sendable {
        package let from: Side
        package let reason: String
    }

    package struct Count: Sendable, Hashable {
        package internal(set) var ended = 0
        package internal(set) var first: [Outcome.Holder: Int] = [:]
        package internal(set) var endings: [Story.Ending: Int] = [:]
        package internal(set) var resets: [ResetKind: Int] = [:]
        /// TIME-WAITs at a client's ephemeral port of this machine: each uses up one towards the service.
        package internal(set) var timeWaitAtClient = 0

        mutating func add(_ connection: EndedConnection) {
            let story = connection.story
            ended += 1
            first[story.firstToClose, default: 0] += 1
            endings[story.ending, default: 0] += 1
            if let reset = story.reset {
                resets[ResetKind(from: reset.from, reason: reset.reason ?? "unknown"), default: 0] += 1
            }
            if connection.isClientHere, story.timeWait == .client || story.timeWait == .both { timeWaitAtClient += 1 }
        }

        static func += (left: inout Count, right: Count) {
            left.ended += right.ended
            left.first.merge(right.first, uniquingKeysWith: +)
            left.endings.merge(right.endings, uniquingKeysWith: +)
            left.resets.merge(right.resets, uniquingKeysWith: +)
            left.timeWaitAtClient += right.timeWaitAtClient
        }

        /// The part of the connections that a side closed first, from 0 to 1; nil for none.
        package func share(_ holder: Outcome.Holder) -> Double? {
            ended > 0 ? Double(first[holder] ?? 0) / Double(ended) : nil
        }
    }

    /// Over how many seconds rates are taken.
    package static let window = 10
    /// How many services and programs are counted apart.
    private static let limit = 2000

    /// The last seconds, the current one last.
    private var seconds: [[Key: Count]] = [[:]]
    package private(set) var totals: [Key: Count] = [:]
    /// All of them, also those that were too many to be counted apart.
    package private(set) var all = Count()
    package private(set) var elsewhere = 0
    package private(set) var beganBefore = 0
    /// connect() that found no free port, by destination.
    package private(set) var failedConnects: [Endpoint: Int] = [:]

    package init() {}

    package mutating func add(_ connection: EndedConnection) {
        all.add(connection)
        if connection.isElsewhere { elsewhere += 1 }
        if !connection.story.openerSeen { beganBefore += 1 }
        let key = Key(connection)
        guard totals[key] != nil || totals.count < Self.limit else { return }
        totals[key, default: Count()].add(connection)
        seconds[seconds.count - 1][key, default: Count()].add(connection)
    }

    package mutating func add(_ failure: FailedConnect) {
        guard failedConnects[failure.remote] != nil || failedConnects.count < Self.limit else { return }
        failedConnects[failure.remote, default: 0] += 1
    }

    /// A second is over.
    package mutating func tick() {
        seconds.append([:])
        if seconds.count > Self.window + 1 { seconds.removeFirst() }
    }

    /// What the last seconds brought, and how many seconds that were: whole ones, or the first in part.
    package var recent: (counts: [Key: Count], seconds: Int) {
        let whole = seconds.count > 1 ? Array(seconds.dropLast()) : seconds
        var counts: [Key: Count] = [:]
        for second in whole { for (key, count) in second { counts[key, default: Count()] += count } }
        return (counts, whole.count)
    }
}
