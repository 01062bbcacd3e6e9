package import TCPSockets

/// The kernel's settings that bear on ports and on TIME-WAIT, or are said to (ip-sysctl; `/proc/sys/net`).
package struct NetworkSettings: Sendable, Hashable {
    /// What each file held, by its name without the folder, such as `tcp_tw_reuse`; without those that are not there.
    package let values: [String: String]

    package init(_ values: [String: String]) {
        self.values = values
    }

    /// Reads them, for the network namespace of this process.
    package static func read() -> NetworkSettings {
        var values: [String: String] = [:]
        for name in names {
            let folder = name == "somaxconn" ? "core" : "ipv4"
            if let text = SmallFile.text(of: "/proc/sys/net/\(folder)/\(name)") {
                values[name] = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            }
        }
        return NetworkSettings(values)
    }

    /// What one of them is now, such as `net.ipv4.tcp_tw_reuse`, in this process' network namespace; nil where there is none.
    package static func value(_ name: String) -> String? {
        SmallFile.text(of: "/proc/sys/" + name.replacing(".", with: "/"))
            .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    }

    /// In the order in which they are shown.
    static let names = [
        "ip_local_port_range", "ip_local_reserved_ports", "tcp_tw_reuse", "tcp_tw_reuse_delay", "tcp_timestamps",
        "tcp_max_tw_buckets", "tcp_rfc1337", "tcp_max_orphans", "somaxconn", "tcp_fin_timeout", "tcp_tw_recycle",
    ]

    /// The number in a file; nil where there is no such file, or no number in it.
    package subscript(name: String) -> Int? { values[name].flatMap { Int($0) } }

    /// TCP_TIMEWAIT_LEN (include/net/tcp.h): part of the kernel, and no setting of it.
    package static let secondsOfTimeWait = 60.0

    /// The ports that the kernel gives to sockets that ask for none.
    package var ephemeralPorts: EphemeralPorts {
        EphemeralPorts(range: values["ip_local_port_range"], reserved: values["ip_local_reserved_ports"])
    }

    /// Whether a connection may take over the port of a TIME-WAIT (net/ipv4/tcp_ipv4.c, tcp_twsk_unique): with
    /// tcp_tw_reuse = 1 always, with 2 over loopback; and never without timestamps.
    package func reusesTimeWait(overLoopback isLoopback: Bool) -> Bool {
        self["tcp_timestamps"] != 0 && (self["tcp_tw_reuse"] == 1 || self["tcp_tw_reuse"] == 2 && isLoopback)
    }

    /// After how many seconds it may, at most. Before Linux 6.14 the kernel compared whole seconds: it had to be a later one.
    package var secondsUntilReuse: Double { self["tcp_tw_reuse_delay"].map { Double($0) / 1000 } ?? 1 }
}
