import TCPSockets

/// A socket of a table that no kernel has.
func socket(
    _ local: String, _ remote: String = "0.0.0.0:0", _ state: TCPState = .established, left: Duration? = nil,
    unread: Int = 0, queue: Int = 0, inode: UInt32 = 1
) throws -> SocketEntry {
    struct NoEndpoint: Error {}
    guard let local = Endpoint(numeric: local), let remote = Endpoint(numeric: remote) else { throw NoEndpoint() }
    let isWaiting = state == .timeWait
    return SocketEntry(
        local: local, remote: remote, state: state, timer: left.map { .init(kind: .timeWait, remaining: $0) },
        receiveQueue: unread, sendQueue: queue, inode: isWaiting ? 0 : inode)
}

/// Connections from one port after the other to one destination.
func series(
    _ ports: ClosedRange<Int>, to remote: String, from address: String = "192.0.2.1", _ state: TCPState = .timeWait
) throws -> [SocketEntry] {
    try ports.map { try socket("\(address):\($0)", remote, state, left: state == .timeWait ? .seconds(50) : nil) }
}
