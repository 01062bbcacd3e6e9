import TCPSockets

/// The table in which the firewall keeps the connections that it has seen, of this network namespace
/// (Documentation/networking/nf_conntrack-sysctl.rst).
///
/// NAT needs it, and whatever rule looks at a connection's state. It keeps a closed one for times of its own, which have
/// nothing to do with the sockets'.
package struct ConnectionTracking: Sendable, Hashable {
    package let count: Int
    package let limit: Int
    /// How long a connection stays in it after its last ACK (nf_conntrack_tcp_timeout_time_wait).
    package let timeWaitSeconds: Int?

    package init(count: Int, limit: Int, timeWaitSeconds: Int? = nil) {
        (self.count, self.limit, self.timeWaitSeconds) = (count, limit, timeWaitSeconds)
    }

    /// nil where this kernel tracks no connections.
    static func read() -> ConnectionTracking? {
        func number(_ name: String) -> Int? { SmallFile.number(in: "/proc/sys/net/netfilter/nf_conntrack_\(name)") }
        guard let count = number("count"), let limit = number("max") else { return nil }
        return ConnectionTracking(count: count, limit: limit, timeWaitSeconds: number("tcp_timeout_time_wait"))
    }
}
