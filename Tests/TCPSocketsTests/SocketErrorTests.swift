import TCPSockets
import Testing

@Suite("A failed call", .timeLimit(.minutes(5)))
struct SocketErrorTests {
    private static let endpoint = Endpoint(.loopbackV4, port: 50001)

    @Test(
        "is named, with what it was about and the error's symbol",
        arguments: [
            (SocketError(.recv, .connectionReset), "recv: ECONNRESET (Connection reset by peer)"),
            (
                SocketError(.bind, .addressInUse, endpoint: endpoint),
                "bind 127.0.0.1:50001: EADDRINUSE (Address already in use)"
            ),
            (
                SocketError(.setsockopt, .notPermitted, option: "SO_LINGER"),
                "setsockopt SO_LINGER: EPERM (Operation not permitted)"
            ),
            (SocketError(.epollWait, Errno(rawValue: 9999)), "epoll_wait: errno 9999 (Unknown error)"),
        ])
    func description(_ error: SocketError, _ words: String) {
        #expect(error.description == words)
    }

    @Test(
        "ends the connection when the error says so, and not when the call was wrong",
        arguments: [
            (Errno.connectionReset, true), (.brokenPipe, true), (.timedOut, true), (.hostUnreachable, true),
            (.networkUnreachable, true), (.connectionAborted, true), (.badDescriptor, false), (.notConnected, false),
            (.wouldBlock, false), (.noMemory, false),
        ])
    func endsConnection(_ errno: Errno, _ ends: Bool) {
        #expect(SocketError(.recv, errno).endsConnection == ends)
    }

    @Test("comes from the kernel with its call: a descriptor that is none")
    func real() {
        #expect(throws: SocketError(.getsockname, .badDescriptor)) {
            let socket = TCPSocket(owning: -1)
            let result = Result { try socket.localEndpoint() }
            socket.abandon()
            return try result.get()
        }
    }
}
