package import TCPSockets

/// One cell of the matrix: everything that is varied, and nothing else.
package struct Cell: Hashable, Sendable {
    package enum Bind: String, CaseIterable, Codable, Sendable {
        /// No bind(): the kernel chooses the port at connect().
        case implicit
        /// bind() to a fixed port, as in the article.
        case explicit
    }

    /// Which of the two client runs sets SO_REUSEADDR before bind(): the old one, whose connection ends, or the new one,
    /// which wants its port.
    package enum ReuseAddress: String, CaseIterable, Codable, Sendable {
        case none, both, old, new

        package var isSetByOld: Bool { self == .both || self == .old }
        var isSetByNew: Bool { self == .both || self == .new }
    }

    /// When the server closes after `exit`, as in `chat-server --close`.
    package enum ServerClose: String, CaseIterable, Codable, Sendable {
        case first, last, never
    }

    package var family: IPAddress.Family
    package var bind: Bind
    package var reuseAddress: ReuseAddress
    package var close: CloseStrategy
    package var serverClose: ServerClose
    /// As in `chat-server --padding`: bytes.
    package var padding: Int
    /// net.ipv4.tcp_timestamps on both hosts.
    package var timestamps: Bool

    package init(
        family: IPAddress.Family = .v4, bind: Bind = .explicit, reuseAddress: ReuseAddress = .none,
        close: CloseStrategy = .active, serverClose: ServerClose = .first, padding: Int = 0, timestamps: Bool = true
    ) {
        (self.family, self.bind, self.reuseAddress, self.close) = (family, bind, reuseAddress, close)
        (self.serverClose, self.padding, self.timestamps) = (serverClose, padding, timestamps)
    }

    /// A name that tells it from every other cell. What the article did goes without saying: IPv4, a server that closes
    /// at once, no options, the kernel's default of timestamps.
    package var id: String {
        var parts = [bind.rawValue]
        if reuseAddress != .none { parts.append("reuse-\(reuseAddress.rawValue)") }
        parts.append(close.rawValue)
        if serverClose != .first { parts.append("server-\(serverClose.rawValue)") }
        if padding > 0 { parts.append("padding") }
        if !timestamps { parts.append("no-timestamps") }
        if family == .v6 { parts.append("ipv6") }
        return parts.joined(separator: "-")
    }

    /// Whether the client ends the connection without waiting for the server, so that the wire has to see to it that
    /// the client is the first.
    package var isPinned: Bool { serverClose == .first && close != .delay && close != .passive }
}

extension CloseStrategy: Codable {}
