/// The ten ways to end a connection that people recommend, or warn against, because of TIME-WAIT.
///
/// Each case says what it is in C, what the wire shows when the receive queue is empty and the peer closes
/// upon end of stream, and what it costs.
public enum CloseStrategy: String, CaseIterable, Sendable, Hashable {
    /// `close()` at once. FIN goes out first, so this side passes FIN-WAIT-1 and FIN-WAIT-2 and holds
    /// TIME-WAIT: its port stays occupied for 60 seconds on Linux (RFC 9293 section 3.6; TCP_TIMEWAIT_LEN
    /// in include/net/tcp.h).
    case active

    /// A pause, then `close()`: a bet that the peer closes within it. If it does, the peer's FIN comes
    /// first and the peer holds TIME-WAIT; if it does not, this is `active`, only later.
    case delay

    /// `recv()` until the peer's FIN, then `close()`. The peer closes first and holds TIME-WAIT; this
    /// side goes through CLOSE-WAIT and LAST-ACK to CLOSED, and nothing is lost. The price is the wait for a
    /// peer that may never close, which a timeout bounds.
    case passive

    /// `shutdown(SHUT_WR)`, `recv()` until the peer's FIN, `close()`. FIN goes out first and this side holds
    /// TIME-WAIT, but it knows that the peer has read everything (RFC 9293 section 3.6.1, half-closed connections).
    case halfClose = "half-close"

    /// `SO_LINGER {on, seconds}`, `close()`. FIN goes out as in `active`; close() blocks until all data and the
    /// FIN are acknowledged or the time is over, on a non-blocking socket too (socket(7)). TIME-WAIT stays here.
    case linger

    /// `SO_LINGER {off}`, `close()`: the default, set once more; Winsock calls it SO_DONTLINGER. As `active`.
    case dontLinger = "dont-linger"

    /// `SO_LINGER {on, 0}`, `close()`. RST instead of FIN; no TIME-WAIT on either side; what is unsent or on
    /// its way is lost, and the peer gets ECONNRESET (RFC 9293 section 3.10.5, ABORT; net/ipv4/tcp.c,
    /// __tcp_close).
    case reset

    /// `close()` with data unread in the receive queue, on purpose. Linux then sends RST (RFC 9293 section
    /// 3.6.1; RFC 2525 section 2.17; net/ipv4/tcp.c, __tcp_close). No TIME-WAIT; the costs are those of `reset`. The
    /// reader of the connection must leave that data there: `close` only closes.
    case unread

    /// The process ends and the kernel closes for it. On Linux that is `active`, no more and no less; the
    /// FIN goes out when the process is gone (net/socket.c, sock_close).
    case abandon

    /// `connect()` with AF_UNSPEC, `close()`. In ESTABLISHED the kernel sends RST and keeps nothing
    /// (net/ipv4/tcp.c, tcp_disconnect). The costs are those of `reset`.
    case disconnect

    /// Whether it is meant to end the connection by RST.
    public var isAbortive: Bool {
        switch self {
        case .reset, .unread, .disconnect: true
        case .active, .delay, .passive, .halfClose, .linger, .dontLinger, .abandon: false
        }
    }

    /// Whether it waits for the peer's FIN before close().
    public var awaitsPeer: Bool {
        switch self {
        case .passive, .halfClose: true
        case .active, .delay, .linger, .dontLinger, .reset, .unread, .abandon, .disconnect: false
        }
    }
}
