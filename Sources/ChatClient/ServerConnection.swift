import TCPSockets

/// A connection to the server.
struct ServerConnection: ~Copyable {
    let socket: TCPSocket
    let local: Endpoint
    let remote: Endpoint

    /// Gives up the socket, which is to be closed.
    consuming func takeSocket() -> TCPSocket { socket }
}
