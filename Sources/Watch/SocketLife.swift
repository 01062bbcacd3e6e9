import TCPSockets

/// One socket of this machine, one end of a connection, as its transitions tell it.
final class SocketLife {
    enum Opener {
        case connected, accepted
        /// It was there before the watch.
        case unknown
    }

    /// Whose FIN came first, as this end knows it.
    enum First {
        case nobody, here, there, both
    }

    /// The kernel's address of it: unique among the sockets of a moment.
    let socket: UInt64
    let opener: Opener
    /// When it was first seen.
    let began: UInt64
    var ends: SocketEnds
    private(set) var first = First.nobody
    /// When that FIN was sent, or came.
    private(set) var firstTime: UInt64 = .max
    /// The program that made a call on it: connect(), close(), shutdown(), or its own end.
    var program: SocketProgram?
    /// The RST that it sent: when, and the kernel's reason.
    var sent: (time: UInt64, reason: Int)?
    /// When it was sent a RST.
    var received: UInt64?
    /// When it came to CLOSED, and from which state.
    var end: (time: UInt64, from: TCPState)?
    /// When it came to the state that it was in last.
    var changed: UInt64
    var isTold = false
    /// The other end, where that is on this machine. Set to nil once the connection is told, for each holds the other.
    var peer: SocketLife?

    init(_ event: KernelEvent, _ opener: Opener) {
        (socket, self.opener, began, changed) = (event.socket, opener, event.time, event.time)
        ends = SocketEnds(event)
    }

    /// A FIN was sent or came: only the first one counts, or two that crossed.
    func note(_ first: First, at time: UInt64) {
        guard self.first == .nobody || first == .both else { return }
        self.first = first
        firstTime = min(firstTime, time)
    }
}

/// The two addresses of a connection, as one of its ends has them.
struct SocketEnds: Hashable {
    let local, remote: Endpoint

    init(local: Endpoint, remote: Endpoint) { (self.local, self.remote) = (local, remote) }

    init(_ event: KernelEvent) { self.init(local: event.local, remote: event.remote) }

    /// As the other end has them.
    var reversed: SocketEnds { SocketEnds(local: remote, remote: local) }
}
