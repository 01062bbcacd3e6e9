import Glibc
import TCPSockets
import Testing

/// A connection over the loopback address: a socket at one end, a bare descriptor at the other.
final class Link {
    private var socket: TCPSocket?
    private let descriptor: CInt
    private let far: CInt

    init() throws {
        let listener = try TCPSocket(.v4)
        try listener.bind(to: Endpoint(.loopbackV4, port: 0))
        try listener.listen()
        let client = try TCPSocket(.v4)
        _ = try client.connect(to: try listener.localEndpoint())
        _ = try wait(for: [.input(listener.descriptor)], until: .now + .seconds(20))
        far = accept(listener.descriptor, nil, nil)
        try listener.close()
        descriptor = client.descriptor
        socket = consume client
    }

    deinit {
        Glibc.close(far)
        if let socket = socket.take() { try? socket.close() }
    }

    /// How many bytes lie in the receive queue.
    var unread: Int {
        var count: CInt = 0
        _ = ioctl(descriptor, UInt(FIONREAD), &count)
        return Int(count)
    }

    /// Sends bytes from the far end, and waits until they are in the queue.
    func send(_ bytes: [UInt8]) throws {
        let wanted = unread + bytes.count
        try #require(Glibc.send(far, bytes, bytes.count, 0) == bytes.count)
        let deadline = ContinuousClock.now + .seconds(20)
        while unread < wanted { try #require(ContinuousClock.now < deadline) }
    }

    func receive<R>(_ body: (borrowing TCPSocket) throws(SocketError) -> R) throws -> R {
        switch socket {
        case .some(let socket): return try body(socket)
        case .none: throw SocketError(.recv, .timedOut)
        }
    }
}
