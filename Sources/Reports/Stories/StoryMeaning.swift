import Recordings
package import Stories
package import TCPSockets
import Text

/// What the story of a connection means for the client's ports and for the server's restart, which close strategy of
/// chat-client it equals, and what to do.
package struct StoryMeaning: Sendable {
    private let story: Story
    private let known: Known

    /// What else is known of the two hosts; nil for what is not.
    package struct Known: Sendable {
        package var client = "the client"
        package var server = "the server"
        /// How many ports the client's kernel has to choose from.
        package var ports: Int?
        /// How long TIME-WAIT lasts, in seconds.
        package var timeWaitSeconds: Int?
        /// Whether the server's listener has SO_REUSEADDR.
        package var reusesAddress: Bool?
        /// Whether the program that closed first still had its socket when the other side's FIN came.
        package var keptSocket: Bool?
        /// What both hosts kept in the end: of the story's client, and of its server.
        package var states: (client: TCPState, server: TCPState)?

        package init() {}
    }

    package init(_ story: Story, _ known: Known) {
        (self.story, self.known) = (story, known)
    }

    private var time: String { known.timeWaitSeconds.map { "for \($0) s" } ?? "until its TIME-WAIT is over" }

    // MARK: - what it means

    package var forClient: String? {
        switch story.timeWait {
        case .client, .both:
            let held =
                "Port \(story.client.port) is not free for \(story.server): bind() to it fails with EADDRINUSE \(time), unless "
                + "the old socket and the new one set SO_REUSEADDR."
            guard let rate else { return held }
            return held + " At more than \(rate.grouped) connections a second to that address and port, the "
                + "client runs out of ports: connect() fails with EADDRNOTAVAIL."
        case .server, .none:
            return story.ending == .open || story.ending == .timedOut ? nil : "The client's port is free at once."
        case .unknown: return nil
        }
    }

    /// Connections a second that one address can go on making to one other.
    private var rate: Int? {
        guard let ports = known.ports, let seconds = known.timeWaitSeconds, seconds > 0 else { return nil }
        return ports / seconds
    }

    package var forServer: String? {
        switch story.timeWait {
        case .server, .both:
            let what = "The server's host keeps the TIME-WAIT \(time): some memory, and no port of a client."
            switch known.reusesAddress {
            case true?: return what + " A restart succeeds at once: the listener has SO_REUSEADDR."
            case false?:
                return what
                    + " A restart in that time fails: bind() fails with EADDRINUSE, because the listener has no SO_REUSEADDR."
            case nil: return what + " A restart in that time needs SO_REUSEADDR, set before bind()."
            }
        case .client, .none:
            return story.ending == .open || story.ending == .timedOut
                ? nil : "Nothing of this connection prevents a restart."
        case .unknown: return nil
        }
    }

    /// The value of `chat-client --close` that ends a connection in this way.
    package var strategy: String? {
        switch story.ending {
        case .refused, .timedOut: return nil
        case .open where story.firstToClose == .none: return nil
        case .rst where story.firstToClose == .client && story.reset?.from == .client:
            switch story.reset?.cause {
            case .lingerZero: return "Like chat-client --close reset: close() with SO_LINGER {on, 0}."
            case .unreadData: return "Like chat-client --close unread: close() with data unread."
            case .disconnect: return "Like chat-client --close disconnect: connect(AF_UNSPEC)."
            default: return nil
            }
        default: break
        }
        switch story.firstToClose {
        case .client:
            switch known.keptSocket {
            case true?:
                return
                    "Like chat-client --close half-close: shutdown(SHUT_WR), and the socket stays open until the server's FIN "
                    + "came."
            case false?: return "Like chat-client --close active: close() before the server's FIN came."
            case nil: return "Like chat-client --close active, or half-close: the recording does not say which."
            }
        case .server: return "Like chat-client --close passive: close() after the server's FIN had come."
        case .both: return "Like chat-client --close active, when the server closes at the same moment."
        case .none: return nil
        }
    }

    // MARK: - what to do

    package var advice: String? {
        if story.ending == .open { return adviceForOpen }
        if story.ending == .refused {
            return "Let the server listen on that address and port before the client calls connect()."
        }
        if story.ending == .timedOut { return nil }
        if let reset = story.reset, let advice = adviceAfter(reset) { return advice }
        switch story.timeWait {
        case .client, .both:
            return
                "If the client runs out of ports, or needs this one again: keep connections open and reuse them, or let "
                + "the server close first."
        case .server where known.reusesAddress == false:
            return "Set SO_REUSEADDR before the server's bind(). The TIME-WAIT itself does no harm there."
        case .server: return "Nothing: TIME-WAIT at the server takes no port away."
        case .none, .unknown: return nil
        }
    }

    private func adviceAfter(_ reset: Story.Reset) -> String? {
        switch reset.cause {
        case .unreadData:
            "Read until recv() returns 0, then close(): after this RST, data that the other side has not read may be lost."
        case .lingerZero:
            "Do not set SO_LINGER {on, 0} unless data in flight may be lost: a RST makes the other side drop what it has not read."
        case .lateData:
            "A side that closes first while the other still sends should call shutdown(SHUT_WR), recv() until it returns 0, then close()."
        default: nil
        }
    }

    private var adviceForOpen: String? {
        guard let states = known.states else { return nil }
        let leaks = [(states.client, known.client), (states.server, known.server)].filter { $0.0 == .closeWait }
        guard let leak = leaks.first else { return nil }
        return
            "\(leak.1) has had the other side's FIN and has not called close(): its socket stays in CLOSE-WAIT until it "
            + "does, or ends."
    }
}
