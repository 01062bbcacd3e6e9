package import TCPSockets

/// What one of the three tracepoints told.
package struct KernelEvent: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// sock:inet_sock_set_state, with the kernel's numbers (include/net/tcp_states.h).
        case transition(from: TCPState?, to: TCPState?)
        /// tcp:tcp_send_reset; the reason as a number, -1 where this kernel tells none (before Linux 6.10).
        case resetSent(reason: Int)
        /// tcp:tcp_receive_reset.
        case resetReceived
    }

    package let kind: Kind
    /// Nanoseconds on CLOCK_MONOTONIC.
    package let time: UInt64
    /// The kernel's address of the socket; 0 for a reset without one.
    package let socket: UInt64
    /// The thread that ran when it happened, in the first pid namespace.
    package let thread: Int32
    /// Whether the thread was carrying out a call of its own. Otherwise the kernel used it for something else: over loopback
    /// the receiving end's transitions run in the sender's thread.
    package let isCall: Bool
    package let local, remote: Endpoint

    package init(
        _ kind: Kind, at time: UInt64, socket: UInt64, thread: Int32 = 0, isCall: Bool = false, local: Endpoint,
        remote: Endpoint
    ) {
        (self.kind, self.time, self.socket, self.thread, self.isCall) = (kind, time, socket, thread, isCall)
        (self.local, self.remote) = (local, remote)
    }
}
