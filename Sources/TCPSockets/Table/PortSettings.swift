/// The kernel's settings that decide which ports a program may have, and how long it keeps them (ip(7), ip-sysctl).
package enum PortSettings {
    /// net.ipv4.ip_local_port_range, which is for IPv6 too, and ip_local_reserved_ports.
    static var ephemeral: EphemeralPorts {
        EphemeralPorts(
            range: SmallFile.text(of: "\(folder)/ipv4/ip_local_port_range"),
            reserved: SmallFile.text(of: "\(folder)/ipv4/ip_local_reserved_ports"))
    }

    /// net.ipv4.ip_unprivileged_port_start.
    static var firstUnprivileged: UInt16 {
        SmallFile.number(in: "\(folder)/ipv4/ip_unprivileged_port_start") ?? 1024
    }

    /// net.ipv6.bindv6only: what IPV6_V6ONLY is before a program sets it (ipv6(7)).
    static var isIPv6OnlyByDefault: Bool { SmallFile.number(in: "\(folder)/ipv6/bindv6only") == 1 }

    /// net.ipv4.tcp_fin_timeout, in seconds.
    package static var finTimeout: Int { SmallFile.number(in: "\(folder)/ipv4/tcp_fin_timeout") ?? 60 }

    private static let folder = "/proc/sys/net"
}
