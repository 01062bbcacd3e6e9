/// One line of the kernel's list of TCP sockets.
public struct SocketEntry: Hashable, Sendable {
    /// What a socket waits for (include/uapi/linux/inet_diag.h, idiag_timer).
    public enum TimerKind: UInt8, Sendable, Hashable {
        case retransmission = 1, keepalive = 2, timeWait = 3, zeroWindowProbe = 4
    }

    public struct Timer: Hashable, Sendable {
        public let kind: TimerKind
        public let remaining: Duration

        public init(kind: TimerKind, remaining: Duration) {
            self.kind = kind
            self.remaining = remaining
        }
    }

    public let local: Endpoint
    public let remote: Endpoint
    /// CLOSED stands for a socket that is bound and neither connected nor listening (shown since Linux 6.8).
    public let state: TCPState
    public let timer: Timer?
    public let retransmissions: Int
    /// Sequence numbers that the program has not read; for LISTEN, connections that it has not accepted.
    public let receiveQueue: Int
    /// Bytes that the peer has not acknowledged; for LISTEN, the backlog.
    public let sendQueue: Int
    /// The user who owns the socket.
    public let user: UInt32
    /// The socket's inode, by which `SocketOwner` finds its process; 0 once no process has it.
    public let inode: UInt32
    /// The only interface whose traffic it takes, 0 for all (socket(7), SO_BINDTODEVICE). A link-local address brings one.
    public let interface: UInt32
    /// IPV6_V6ONLY, of a socket that listens or is only bound; the kernel sets it itself where the address is no IPv4
    /// one and not any (net/ipv6/af_inet6.c, __inet6_bind).
    public let isIPv6Only: Bool

    public init(
        local: Endpoint, remote: Endpoint, state: TCPState, timer: Timer? = nil, retransmissions: Int = 0,
        receiveQueue: Int = 0, sendQueue: Int = 0, user: UInt32 = 0, inode: UInt32 = 0, interface: UInt32 = 0,
        isIPv6Only: Bool = false
    ) {
        (self.local, self.remote, self.state, self.timer) = (local, remote, state, timer)
        (self.retransmissions, self.receiveQueue, self.sendQueue) = (retransmissions, receiveQueue, sendQueue)
        (self.user, self.inode, self.interface, self.isIPv6Only) = (user, inode, interface, isIPv6Only)
    }
}

extension SocketEntry {
    /// Data that the program has not read. The kernel counts sequence numbers (net/ipv4/tcp_diag.c), and a peer's FIN takes one
    /// until it is read as the end of the stream.
    public var unreadBytes: Int {
        switch state {
        case .listen: 0
        case .closeWait, .closing, .lastAck: max(0, receiveQueue - 1)
        default: receiveQueue
        }
    }
}

extension SocketEntry {
    /// How long it stays if its peer keeps silent; nil where the kernel has set no time. The timers that repeat a segment or
    /// probe the peer's window tell no end.
    public enum TimeLeft: Hashable, Sendable {
        case exactly(Duration)
        /// A FIN-WAIT-2 that is to stay longer than TIME-WAIT is timed in two parts: this is left of the first. The second
        /// is its time less 60 s, and its time is TCP_LINGER2's (tcp(7)), which the kernel's table does not tell, or
        /// net.ipv4.tcp_fin_timeout's (net/ipv4/tcp.c, __tcp_close; net/ipv4/tcp_timer.c, tcp_keepalive_timer).
        case atLeast(Duration)

        public var duration: Duration {
            switch self {
            case .exactly(let duration), .atLeast(let duration): duration
            }
        }

        public var isExact: Bool { if case .exactly = self { true } else { false } }
    }

    /// TIME-WAIT and a FIN-WAIT-2 that no program has are timed alike, unless that is to stay longer than TIME-WAIT.
    public var timeLeft: TimeLeft? {
        guard let timer else { return nil }
        if timer.kind == .timeWait { return .exactly(timer.remaining) }
        guard timer.kind == .keepalive, state == .finWait2, inode == 0 else { return nil }
        return .atLeast(timer.remaining)
    }
}

extension SocketEntry: CustomStringConvertible {
    /// One line, such as `127.0.0.1:50001 → 127.0.0.1:7000 TIME-WAIT`.
    public var description: String {
        let ends = state == .listen || state == .closed ? "\(local)" : "\(local) → \(remote)"
        return "\(ends) \(state)"
    }
}
