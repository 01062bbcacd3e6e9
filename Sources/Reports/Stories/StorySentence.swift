import Packets
package import Recordings
package import Stories
import TCPSockets
import Text

/// The story of a connection in one sentence: who closed first, how, and what that does to the port.
///
/// Such as "nginx closed first, with a FIN; its host holds TIME-WAIT for 60 s; curl's port is free at once."
package struct StorySentence: Sendable, CustomStringConvertible {
    private let story: Story
    private let client: String
    private let server: String
    private let timeWaitSeconds: Int?

    /// - Parameters:
    ///   - client: What to call the client: its program, or "the client".
    ///   - timeWaitSeconds: How long the hosts' TIME-WAIT lasts (`TCP_TIMEWAIT_LEN`, include/net/tcp.h: 60 s on Linux); nil
    ///     where their kernel is not known.
    package init(_ story: Story, client: String = "the client", server: String = "the server", timeWaitSeconds: Int?) {
        (self.story, self.client, self.server, self.timeWaitSeconds) = (story, client, server, timeWaitSeconds)
    }

    package var description: String {
        ([end] + [cause, holders].compactMap(\.self)).joined(separator: "; ") + "."
    }

    private func name(_ side: Side) -> String { side == .client ? client : server }

    private var end: String {
        switch story.ending {
        case .refused:
            if let reason = story.unreachable {
                return "the connection was refused: ICMP answered the SYN, \(reason.rawValue)"
            }
            return "the connection was refused: \(name(story.reset?.from ?? .server))'s RST answered the SYN"
        case .timedOut: return "it timed out: segments were retransmitted, and nobody answered"
        case .open:
            return story.firstToClose == .none
                ? "nobody had closed when the recording ended"
                : "\(first), and the connection was still open when the recording ended"
        case .fin: return story.firstToClose == .both ? first : "\(first), with a FIN"
        case .rst:
            guard let reset = story.reset else { return first }
            return story.isFirstReset
                ? "\(first), with a RST" : "\(first), with a FIN; a RST from \(name(reset.from)) ended it"
        }
    }

    private var first: String {
        switch story.firstToClose {
        case .client: "\(client) closed first"
        case .server: "\(server) closed first"
        case .both: "both closed at the same time: their FINs crossed"
        case .none: "nobody closed"
        }
    }

    /// Why the RST was sent, or what it may have been.
    private var cause: String? {
        guard let reset = story.reset, story.ending == .rst else { return nil }
        if reset.cause != .unknown { return "the RST: \(reset.cause.words)" }
        let candidates = reset.candidates.map(\.words)
        return candidates.isEmpty
            ? "the cause of the RST is unknown" : "the RST was one of: \(candidates.joined(separator: ", "))"
    }

    private var holders: String? {
        let time = timeWaitSeconds.map { " for \($0) s" } ?? ""
        switch story.timeWait {
        case .none:
            return story.ending == .open || story.ending == .timedOut ? nil : "no TIME-WAIT: the port is free at once"
        case .unknown: return story.ending == .open ? nil : "the segments do not show who holds TIME-WAIT"
        case .both: return "both hosts hold TIME-WAIT\(time)"
        case .client: return "\(holder(.client)) TIME-WAIT\(time), and with it the port \(story.client.port)"
        case .server: return "\(holder(.server)) TIME-WAIT\(time); \(client)'s port is free at once"
        }
    }

    private func holder(_ side: Side) -> String {
        story.firstToClose == Outcome.Holder(side) ? "its host holds" : "\(name(side))'s host holds"
    }
}

extension Outcome.Holder {
    fileprivate init(_ side: Side) { self = side == .client ? .client : .server }
}

extension ResetCause {
    /// What a program or a kernel did, in few words.
    package var words: String {
        switch self {
        case .refused: "nobody listens on the port"
        case .lingerZero: "close() with SO_LINGER {on, 0}"
        case .unreadData: "close() with data unread"
        case .lateData: "data came after close()"
        case .noConnection: "the host had no such connection"
        case .disconnect: "connect(AF_UNSPEC)"
        case .keepalive: "probes or retransmissions without an answer"
        case .unknown: "unknown"
        }
    }
}
