public import TCPSockets

/// One cell of the matrix: everything that is varied, and nothing else.
public struct Cell: Hashable, Sendable {
    public enum Bind: String, CaseIterable, Codable, Sendable {
        /// No bind(): the kernel chooses the port at connect().
        case implicit
        /// bind() to a fixed port, as in the article.
        case explicit
    }

    /// Which of the two client runs sets SO_REUSEADDR before bind(): the old one, whose connection ends, or the new one,
    /// which wants its port.
    public enum ReuseAddress: String, CaseIterable, Codable, Sendable {
        case none, both, old, new

        var isSetByOld: Bool { self == .both || self == .old }
        var isSetByNew: Bool { self == .both || self == .new }
    }

    /// When the server closes after `exit`, as in `chat-server --close`.
    public enum ServerClose: String, CaseIterable, Codable, Sendable {
        case first, last, never
    }

    public var family = IPAddress.Family.v4
    public var bind = Bind.explicit
    public var reuseAddress = ReuseAddress.none
    public var close = CloseStrategy.active
    public var serverClose = ServerClose.first
    /// As in `chat-server --padding`: bytes.
    public var padding = 0
    /// net.ipv4.tcp_timestamps on both hosts.
    public var timestamps = true

    /// A name that tells it from every other cell. What the article did goes without saying: IPv4, a server that closes
    /// at once, no options, the kernel's default of timestamps.
    public var id: String {
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
    var isPinned: Bool { serverClose == .first && close != .delay && close != .passive }
}

extension CloseStrategy: Codable {}
