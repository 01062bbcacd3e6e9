import TCPSockets

@testable import TimeWaitLab

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

extension NetworkSettings {
    /// A kernel's defaults, with ten automatic ports, and what a test says otherwise.
    static func made(_ changes: [String: String?] = [:]) -> NetworkSettings {
        let plain: [String: String] = [
            "ip_local_port_range": "40000 40009", "ip_local_reserved_ports": "", "tcp_tw_reuse": "2",
            "tcp_tw_reuse_delay": "1000", "tcp_timestamps": "1", "tcp_max_tw_buckets": "131072", "tcp_rfc1337": "0",
            "tcp_max_orphans": "131072", "somaxconn": "4096", "tcp_fin_timeout": "60",
        ]
        return NetworkSettings(changes.reduce(into: plain) { $0[$1.key] = $1.value })
    }
}
