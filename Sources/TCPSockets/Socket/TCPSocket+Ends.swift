internal import Glibc

extension TCPSocket {
    /// This side's address. The corresponding C function is `getsockname`.
    public borrowing func localEndpoint() throws(SocketError) -> Endpoint {
        try address(.getsockname) { Glibc.getsockname(descriptor, $0, $1) }
    }

    /// The peer's address. The corresponding C function is `getpeername`.
    public borrowing func remoteEndpoint() throws(SocketError) -> Endpoint {
        try address(.getpeername) { Glibc.getpeername(descriptor, $0, $1) }
    }

    /// The state of RFC 9293 that the connection is in now.
    public var state: TCPState? { TCPState(of: descriptor) }

    private borrowing func address(
        _ call: SystemCall, _ fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) throws(SocketError) -> Endpoint {
        var endpoint: Endpoint?
        // The trace shows what the call has found: its arguments are taken down after it.
        try systemCall(
            call, on: descriptor, arguments: endpoint.map { [.init("address", $0.description)] } ?? []
        ) {
            endpoint = Endpoint(fill)
            return endpoint == nil ? -1 : 0
        }
        guard let endpoint else { preconditionFailure("\(call.rawValue) gave no IP address") }
        return endpoint
    }
}
