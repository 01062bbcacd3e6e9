/// Why a host sends a RST.
package enum ResetCause: String, CaseIterable, Codable, Sendable {
    /// Nobody listens where the SYN went.
    case refused
    /// close() with SO_LINGER {on, 0}.
    case lingerZero = "linger-zero"
    /// close() with data in the receive queue.
    case unreadData = "unread-data"
    /// Data came for a socket that was closed already.
    case lateData = "late-data"
    /// A segment came for a connection that the host knows nothing of.
    case noConnection = "no-connection"
    /// connect(AF_UNSPEC).
    case disconnect
    /// Probes found nobody, or the host gave up sending again.
    case keepalive
    case unknown
}
