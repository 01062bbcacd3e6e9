import Recordings
import Stories

/// Why a host sent its RSTs, by what its kernel counted meanwhile. The counters are those of the host, not of a connection: so
/// they tell where all RSTs that a program or a timer caused had one cause, and nothing where they had several.
struct ResetAttribution {
    private let cause: ResetCause?

    /// - Parameters:
    ///   - resets: All that the host sent, with what segments tell of them.
    ///   - counters: How much the host's have grown.
    init(_ resets: [Story.Reset], counters: [String: Int]) {
        let active = resets.count { Self.isActive($0) }
        let late = resets.count { $0.cause == .lateData }
        // tcp_close() with unread data; SO_LINGER {on, 0}, and data that came after close(); a timer (net/ipv4/tcp.c,
        // __tcp_close; net/ipv4/tcp_input.c, tcp_rcv_state_process; net/ipv4/tcp_timer.c, tcp_write_err).
        let counted: [(ResetCause, Int)] = [
            (.unreadData, counters["TcpExt:TCPAbortOnClose", default: 0]),
            (.lingerZero, counters["TcpExt:TCPAbortOnData", default: 0] - late),
            (.keepalive, counters["TcpExt:TCPAbortOnTimeout", default: 0]),
        ]
        let seen = counted.filter { $0.1 > 0 }
        cause = active > 0 && seen.count == 1 && seen[0].1 == active ? seen[0].0 : nil
    }

    /// The cause of one of them; nil where the counters do not tell.
    func cause(of reset: Story.Reset) -> ResetCause? { Self.isActive(reset) ? cause : nil }

    /// Whether it was a program's or a timer's doing.
    private static func isActive(_ reset: Story.Reset) -> Bool { reset.candidates.contains(.lingerZero) }
}
