@testable import Doctor

extension NetworkSettings {
    /// A kernel's defaults, with ten ephemeral ports, and what a test says otherwise.
    static func made(_ changes: [String: String?] = [:]) -> NetworkSettings {
        let plain: [String: String] = [
            "ip_local_port_range": "40000 40009", "ip_local_reserved_ports": "", "tcp_tw_reuse": "2",
            "tcp_tw_reuse_delay": "1000", "tcp_timestamps": "1", "tcp_max_tw_buckets": "131072", "tcp_rfc1337": "0",
            "tcp_max_orphans": "131072", "somaxconn": "4096", "tcp_fin_timeout": "60",
        ]
        return NetworkSettings(changes.reduce(into: plain) { $0[$1.key] = $1.value })
    }
}
