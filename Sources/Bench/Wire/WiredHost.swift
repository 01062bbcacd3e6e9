package import Recordings
package import TCPSockets

/// What a wire joins: a host whose packets come and go by a descriptor, and whose sockets can be looked up. The TCP of a `Host`
/// is this kernel's; that of another may be a program's own (docs/kernels.md).
package protocol WiredHost: Sendable {
    var side: Side { get }
    /// Each read() takes a packet that the host sends, each write() gives it one; neither waits.
    var wireEnd: CInt { get }
    /// What it keeps of a connection now, when all that was written to it has been dealt with; where it keeps nothing, the
    /// listener that a segment of that connection would meet.
    func socket(local: Endpoint, remote: Endpoint) throws -> SocketEntry?
}
