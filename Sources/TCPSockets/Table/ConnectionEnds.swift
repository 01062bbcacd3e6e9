internal import Glibc

/// The two ends of a connection, as far as a descriptor has them.
///
/// It asks the kernel directly and silently: it serves the trace, which must not trace itself.
struct ConnectionEnds {
    var local: Endpoint?
    var remote: Endpoint?

    init() {}

    init(of descriptor: CInt) {
        local = Endpoint { getsockname(descriptor, $0, $1) }
        remote = Endpoint { getpeername(descriptor, $0, $1) }
    }

    /// The TCP state now: of the descriptor while there is one, and after close() of whatever the kernel
    /// still keeps for these two ends.
    func stateNow(call: SystemCall, descriptor: CInt) -> TCPState? {
        let own = call == .close ? nil : TCPState(of: descriptor)
        // A connection in TIME-WAIT has left its socket, which is CLOSED then (net/ipv4/tcp_minisocks.c,
        // tcp_time_wait).
        if let own, own != .closed { return own }
        guard let local, let remote else { return own }
        return (try? SocketTable.find(local: local, remote: remote))?.map(\.state) ?? .closed
    }
}
