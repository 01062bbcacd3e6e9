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
        if call != .close { return TCPState(of: descriptor) }
        guard let local, let remote else { return nil }
        return (try? SocketTable.find(local: local, remote: remote))?.map(\.state) ?? .closed
    }
}
