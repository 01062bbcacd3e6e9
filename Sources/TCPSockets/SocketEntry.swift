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

    public init(
        local: Endpoint, remote: Endpoint, state: TCPState, timer: Timer? = nil, retransmissions: Int = 0,
        receiveQueue: Int = 0, sendQueue: Int = 0, user: UInt32 = 0, inode: UInt32 = 0
    ) {
        (self.local, self.remote, self.state, self.timer) = (local, remote, state, timer)
        (self.retransmissions, self.receiveQueue, self.sendQueue) = (retransmissions, receiveQueue, sendQueue)
        (self.user, self.inode) = (user, inode)
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

extension SocketEntry: CustomStringConvertible {
    /// One line, such as `127.0.0.1:50001 → 127.0.0.1:7000 TIME-WAIT, 59.9 s left`.
    public var description: String {
        let ends = state == .listen || state == .closed ? "\(local)" : "\(local) → \(remote)"
        // The kernel gives TIME-WAIT and an orphaned FIN-WAIT-2 the same kind of timer.
        guard let timer, timer.kind == .timeWait else { return "\(ends) \(state)" }
        return "\(ends) \(state), \(timer.remaining.inTenths) s left"
    }
}

extension Duration {
    /// Seconds with one decimal, such as `59.9`.
    public var inTenths: String {
        let tenths = (milliseconds(roundedUp: false) + 50) / 100
        return "\(tenths / 10).\(tenths % 10)"
    }
}
