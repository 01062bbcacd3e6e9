internal import Glibc

// How much a socket's queues hold (tcp(7), "Ioctls").
extension TCPSocket {
    /// Bytes that have come and are not read. The corresponding C call is `ioctl(descriptor, FIONREAD, …)`.
    public borrowing func unreadBytes() throws(SocketError) -> Int {
        try queued("FIONREAD", UInt(FIONREAD))
    }

    /// Bytes that are sent and not acknowledged, or not sent yet; a FIN counts as one.
    ///
    /// The corresponding C call is `ioctl(descriptor, SIOCOUTQ, …)`; glibc knows the same number as TIOCOUTQ.
    public borrowing func unacknowledgedBytes() throws(SocketError) -> Int {
        try queued("SIOCOUTQ", UInt(TIOCOUTQ))
    }

    private borrowing func queued(_ name: String, _ request: UInt) throws(SocketError) -> Int {
        var count: CInt = 0
        try systemCall(.ioctl, on: descriptor, arguments: [.init("request", name)]) {
            Int(ioctl(descriptor, request, &count))
        }
        return Int(count)
    }
}
