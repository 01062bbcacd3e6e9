/// The kernel's settings that decide which ports a program may have (ip(7), ip-sysctl).
enum PortSettings {
    /// net.ipv4.ip_local_port_range, for IPv6 too.
    static var automaticRange: ClosedRange<UInt16> {
        let numbers = firstLine(of: "/proc/sys/net/ipv4/ip_local_port_range")?
            .split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
        guard let numbers, numbers.count == 2, numbers[0] <= numbers[1] else { return 32_768...60_999 }
        return numbers[0]...numbers[1]
    }

    /// net.ipv4.ip_local_reserved_ports: the ports of the range that connect() and bind() choose for nobody.
    static var reserved: PortList {
        PortList(wholeText(ofFile: "/proc/sys/net/ipv4/ip_local_reserved_ports") ?? "")
    }

    /// net.ipv4.ip_unprivileged_port_start.
    static var firstUnprivileged: UInt16 {
        firstLine(of: "/proc/sys/net/ipv4/ip_unprivileged_port_start").flatMap { UInt16($0) } ?? 1024
    }

    /// net.ipv6.bindv6only: what IPV6_V6ONLY is before a program sets it (ipv6(7)).
    static var isIPv6OnlyByDefault: Bool { number("ipv6/bindv6only") == 1 }

    /// net.ipv4.tcp_fin_timeout, in seconds.
    static var finTimeout: Int { number("ipv4/tcp_fin_timeout") ?? 60 }

    private static func number(_ name: String) -> Int? { firstLine(of: "/proc/sys/net/\(name)").flatMap { Int($0) } }
}
