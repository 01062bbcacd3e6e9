/// What this process may do beyond others (capabilities(7)).
enum Capabilities {
    /// CAP_NET_BIND_SERVICE among the effective ones (proc(5), CapEff in `/proc/PID/status`).
    static var mayBindAnyPort: Bool {
        let lines = SmallFile.text(of: "/proc/thread-self/status")?.split(separator: "\n") ?? []
        let bits = lines.first { $0.hasPrefix("CapEff:") }?.split(whereSeparator: \.isWhitespace).last
        return (bits.flatMap { UInt64($0, radix: 16) } ?? 0) & 1 << 10 != 0
    }

    /// Whether its user namespace is the first one, in which every user is itself (user_namespaces(7)).
    static var isInFirstUserNamespace: Bool {
        let fields = SmallFile.firstLine(of: "/proc/self/uid_map")?.split(whereSeparator: \.isWhitespace) ?? []
        return fields == ["0", "0", "4294967295"]
    }
}
