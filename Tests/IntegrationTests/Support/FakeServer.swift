import ChatProtocol
import TCPSockets

/// A listener in the hands of the test, for servers that do what chat-server never does.
final class FakeServer {
    let endpoint: Endpoint
    private var listener: TCPSocket?

    /// - Parameter backlog: How many clients may wait for accept(), beside the first.
    init(backlog: Int = 16) throws {
        let socket = try TCPSocket(.v4)
        do {
            try socket.bind(to: Endpoint(.loopbackV4, port: 0))
            try socket.listen(backlog: backlog)
            endpoint = try socket.localEndpoint()
        } catch {
            try? socket.close()
            throw error
        }
        listener = consume socket
    }

    deinit {
        if let listener = listener.take() { try? listener.close() }
    }

    var port: String { "\(endpoint.port)" }

    func accept() async throws -> Peer {
        var client: Endpoint?
        while let descriptor = listener?.descriptor {
            if let socket = try listener?.accept(peer: &client) { return try Peer(socket, from: .client) }
            guard try await !ready([.input(descriptor)]).isEmpty else { break }
        }
        throw NothingCame()
    }
}

/// A port that nothing uses, outside the range from which the kernel takes automatic ones.
func unusedPort() throws -> UInt16 {
    while true {
        let port = UInt16.random(in: 20_000..<30_000)
        let isUsed = try SocketTable().entries().contains { $0.local.port == port || $0.remote.port == port }
        if !isUsed { return port }
    }
}
