internal import CLinux
internal import Glibc

/// The owner of one TCP socket.
///
/// It cannot be copied, so there is always exactly one owner; `close` consumes it, so a use after close does
/// not compile; and an owner that is dropped without `close` stops the program, because a descriptor that is
/// closed by accident ends a connection in a way that nobody chose.
///
/// Every method makes the one system call of its name and throws `SocketError` when that fails.
public struct TCPSocket: ~Copyable, Sendable {
    /// The descriptor, for `Poller` and `wait`. It stays the socket's own.
    public let descriptor: CInt

    /// Takes over a descriptor from elsewhere.
    public init(owning descriptor: CInt) {
        self.descriptor = descriptor
    }

    /// Makes a socket that is closed on exec and does not block.
    ///
    /// The corresponding C function is `socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)`.
    public init(_ family: IPAddress.Family) throws(SocketError) {
        let type = CInt(SOCK_STREAM.rawValue) | clinux_sock_cloexec() | clinux_sock_nonblock()
        let name = family == .v4 ? "AF_INET" : "AF_INET6"
        let result = try systemCall(.socket, on: -1, arguments: [.init("family", name)]) {
            Int(Glibc.socket(family.number, type, 0))
        }
        descriptor = CInt(result)
    }

    deinit {
        precondition(false, "TCP socket \(descriptor) was dropped without close()")
    }

    /// Fixes the local address; port 0 takes any free port. The corresponding C function is `bind`.
    public borrowing func bind(to endpoint: Endpoint) throws(SocketError) {
        try systemCall(
            .bind, on: descriptor, endpoint: endpoint, arguments: [.init("address", endpoint.description)]
        ) {
            endpoint.withSocketAddress { Int(Glibc.bind(descriptor, $0, $1)) }
        }
    }

    /// Begins to accept connections. The corresponding C function is `listen`.
    ///
    /// - Parameter backlog: How many finished handshakes may wait for `accept`; the kernel lowers it to
    ///   net.core.somaxconn (listen(2)).
    public borrowing func listen(backlog: Int = 4096) throws(SocketError) {
        try systemCall(.listen, on: descriptor, arguments: [.init("backlog", backlog)]) {
            Int(Glibc.listen(descriptor, CInt(backlog)))
        }
    }

    /// Takes the next waiting connection, or nil when none waits.
    ///
    /// The corresponding C function is `accept4`, which returns the peer's address with the connection and
    /// so saves a `getpeername`.
    public borrowing func accept(peer: inout Endpoint?) throws(SocketError) -> TCPSocket? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        do {
            let result = try systemCall(
                .accept4, on: descriptor,
                arguments: Endpoint(storage).map { [.init("address", $0.description)] } ?? []
            ) {
                withUnsafeMutablePointer(to: &storage) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        Int(accept4(descriptor, $0, &length, clinux_sock_cloexec() | clinux_sock_nonblock()))
                    }
                }
            }
            peer = Endpoint(storage)
            return TCPSocket(owning: CInt(result))
        } catch {
            if error.errno == .wouldBlock { return nil }
            throw error
        }
    }

    /// How a call to `connect` stands.
    public enum ConnectProgress: Sendable {
        case connected
        /// The handshake goes on; the socket becomes writable when it ends, and `pendingError` tells how.
        case inProgress
    }

    /// Begins to connect. The corresponding C function is `connect`.
    public borrowing func connect(to endpoint: Endpoint) throws(SocketError) -> ConnectProgress {
        do {
            try systemCall(
                .connect, on: descriptor, endpoint: endpoint, arguments: [.init("address", endpoint.description)]
            ) {
                endpoint.withSocketAddress { Int(Glibc.connect(descriptor, $0, $1)) }
            }
            return .connected
        } catch {
            // An interrupted connect() goes on as one in progress does (connect(2), EINTR).
            if error.errno == .inProgress || error.errno == .interrupted { return .inProgress }
            throw error
        }
    }

    /// Leaves the connection at once: the kernel sends RST and the socket is as good as new.
    ///
    /// The corresponding C call is `connect` with the family AF_UNSPEC (connect(2); net/ipv4/tcp.c,
    /// tcp_disconnect).
    public borrowing func disconnect() throws(SocketError) {
        try systemCall(.connect, on: descriptor, arguments: [.init("address", "AF_UNSPEC")]) {
            var unspecified = sockaddr()
            unspecified.sa_family = sa_family_t(AF_UNSPEC)
            return Int(Glibc.connect(descriptor, &unspecified, socklen_t(MemoryLayout<sockaddr>.size)))
        }
    }

    /// What `recv` brought.
    public enum Received: Hashable, Sendable {
        case bytes(Int)
        /// The peer's FIN has come and everything before it has been read.
        case endOfStream
        case wouldBlock
    }

    /// Reads what has arrived. The corresponding C function is `recv`.
    ///
    /// - Parameters:
    ///   - buffer: Where the bytes go; never more of them than it has room for.
    ///   - peek: Leave the bytes in the receive queue (MSG_PEEK).
    public borrowing func receive(
        into buffer: UnsafeMutableRawBufferPointer, peek: Bool = false
    ) throws(SocketError) -> Received {
        do throws(SocketError) {
            let flags = peek ? CInt(MSG_PEEK) : 0
            let count = try systemCall(
                .recv, on: descriptor,
                arguments: [.init("length", buffer.count), .init("flags", peek ? "MSG_PEEK" : "0")]
            ) {
                Glibc.recv(descriptor, buffer.baseAddress, buffer.count, flags)
            }
            return count == 0 ? .endOfStream : .bytes(count)
        } catch {
            if error.errno == .wouldBlock { return .wouldBlock }
            throw error
        }
    }

    /// Reads what has arrived into the beginning of an array, at most `count` bytes of it.
    public borrowing func receive(
        into buffer: inout [UInt8], count: Int? = nil, peek: Bool = false
    ) throws(SocketError) -> Received {
        let count = min(count ?? buffer.count, buffer.count)
        // A Result carries the typed error out of a closure that may throw anything.
        return try buffer.withUnsafeMutableBytes { bytes in
            Result { () throws(SocketError) in
                try receive(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]), peek: peek)
            }
        }.get()
    }

    /// Writes as much as the send queue takes and says how much that was; 0 when it is full.
    ///
    /// The corresponding C function is `send` with MSG_NOSIGNAL, so that a connection lost is the error
    /// EPIPE and not the signal SIGPIPE.
    ///
    /// - Parameters:
    ///   - bytes: What to send.
    ///   - more: Hold the last bytes back for those that follow, or for the FIN (MSG_MORE): with close() next, both go out
    ///     in one segment, and no peer can be quick enough to close first.
    public borrowing func send(_ bytes: UnsafeRawBufferPointer, more: Bool = false) throws(SocketError) -> Int {
        let flags = CInt(MSG_NOSIGNAL) | (more ? CInt(MSG_MORE) : 0)
        do throws(SocketError) {
            return try systemCall(.send, on: descriptor, arguments: [.init("length", bytes.count)]) {
                Glibc.send(descriptor, bytes.baseAddress, bytes.count, flags)
            }
        } catch {
            if error.errno == .wouldBlock { return 0 }
            throw error
        }
    }

    /// Writes as much of an array as the send queue takes.
    public borrowing func send(_ bytes: ArraySlice<UInt8>) throws(SocketError) -> Int {
        // A Result carries the typed error out of a closure that may throw anything.
        try bytes.withUnsafeBytes { bytes in Result { () throws(SocketError) in try send(bytes) } }.get()
    }

    /// Sends FIN after everything sent before, and goes on receiving.
    ///
    /// The corresponding C call is `shutdown(descriptor, SHUT_WR)`.
    public borrowing func shutdownSending() throws(SocketError) {
        try systemCall(.shutdown, on: descriptor, arguments: [.init("how", "SHUT_WR")]) {
            Int(Glibc.shutdown(descriptor, CInt(SHUT_WR)))
        }
    }

    /// Closes the descriptor, and says nothing of when or how the connection ends: that is the kernel's to
    /// decide from what is unread, unsent and set. The corresponding C function is `close`, never retried.
    public consuming func close() throws(SocketError) {
        let descriptor = descriptor
        // Released first: whatever close() says, the descriptor is gone (close(2)).
        discard self
        try systemCall(.close, on: descriptor) { Int(Glibc.close(descriptor)) }
    }

    /// Lets go of the descriptor without closing it, so that it ends with the process.
    public consuming func abandon() {
        discard self
    }

    /// A second descriptor of the same socket. The corresponding C call is `fcntl(…, F_DUPFD_CLOEXEC, 0)`.
    public borrowing func duplicate() throws(SocketError) -> TCPSocket {
        let result = try systemCall(.fcntl, on: descriptor, arguments: [.init("command", "F_DUPFD_CLOEXEC")]) {
            Int(fcntl(descriptor, F_DUPFD_CLOEXEC, 0))
        }
        return TCPSocket(owning: CInt(result))
    }
}
