internal import TCPSockets

/// What happened in a cell, computed from its recording.
public struct Outcome: Hashable, Sendable {
    public enum Holder: String, CaseIterable, Codable, Sendable {
        case client, server, both, none
    }

    public enum Ending: String, Codable, Sendable {
        case fin, rst
    }

    /// How the server program saw the conversation end.
    public enum ServerSaw: String, Codable, Sendable {
        case exit, eof, truncated, reset
    }

    public enum ResetCause: String, Codable, Sendable {
        /// close() with SO_LINGER {on, 0}.
        case lingerZero = "linger-zero"
        /// close() with data in the receive queue.
        case unreadData = "unread-data"
        /// Data came for a socket that was closed already.
        case lateData = "late-data"
    }

    /// How an immediate second connection went: the errno of each call, "ok", or "not called".
    public struct Reconnect: Hashable, Codable, Sendable {
        public let bind: String
        /// nil where bind() failed already.
        public let connect: String?

        public var succeeded: Bool { connect == "ok" }
    }

    public let firstToClose: Holder
    public let ending: Ending
    public let timeWait: Holder
    public let serverSaw: ServerSaw
    public let reconnect: Reconnect
    public let bytesSent: Int
    public let bytesLost: Int
    /// How long the client's close() took at most; nil where it made none.
    public let closeSeconds: Double?
    public let resetCause: ResetCause?
}
