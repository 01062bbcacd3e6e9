internal import CLinux
internal import Glibc
public import TCPSockets

/// A host of the laboratory: a network namespace with a TUN device for its only interface.
///
/// It exists as long as this object, or a program that runs in it. Nothing in the file system points to it, so that
/// nothing can be left behind (network_namespaces(7)).
public final class Host: Sendable {
    public let side: Side
    /// Its end of the wire: each read() takes a packet that the host sends, each write() gives it one.
    let wireEnd: CInt
    /// The host's own list of its sockets.
    public let sockets: SocketTable
    /// What its kernel counts.
    let counters: CounterFiles
    /// The namespace.
    private let network: CInt

    /// Makes a host with the addresses of its side.
    ///
    /// - Parameter mtu: The largest packet that it sends, in bytes.
    /// - Throws: `LaboratoryError`.
    public init(_ side: Side, mtu: Int = 1500) async throws {
        let made = try await onThread { () throws -> Parts in
            try check("unshare(CLONE_NEWNET)", clinux_unshare_network())
            return try Parts(side, mtu)
        }
        self.side = side
        wireEnd = made.wireEnd
        network = made.network
        counters = made.counters
        sockets = made.takeTable()
    }

    deinit {
        close(wireEnd)
        close(network)
    }

    /// Addresses set aside for documentation: they belong to nobody (RFC 5737, RFC 3849).
    public static func address(of side: Side, _ family: IPAddress.Family) -> IPAddress {
        let number: UInt128 = side == .client ? 1 : 2
        return switch family {
        case .v4: IPAddress(family: .v4, bits: 0xC000_0200 + number)
        case .v6: IPAddress(family: .v6, bits: 0x2001_0DB8 << 96 + number)
        }
    }

    public func address(_ family: IPAddress.Family) -> IPAddress { Self.address(of: side, family) }

    /// What comes before a program's name in a command line that runs it on this host.
    ///
    /// nsenter(1) moves it into the namespace; setpriv(1) makes the kernel end it when the laboratory ends, however
    /// that happens (PR_SET_PDEATHSIG).
    var prefix: [String] {
        ["nsenter", "--net=/proc/\(getpid())/fd/\(network)", "setpriv", "--pdeathsig", "KILL"]
    }

    /// Sets one of the host's kernel parameters, and reads it back.
    ///
    /// - Parameters:
    ///   - name: Such as `net.ipv4.tcp_timestamps` (Documentation/networking/ip-sysctl.rst).
    /// - Throws: `LaboratoryError`.
    public func set(_ name: String, to value: String) async throws {
        try await inside {
            try writeText(value, to: sysctlPath(name))
            let found = try readText(sysctlPath(name))
            guard found == value else { throw LaboratoryError("\(name) is \(found) after it was set to \(value)") }
        }
    }

    /// Reads one of the host's kernel parameters; nil where this kernel has none of that name.
    public func sysctl(_ name: String) async throws -> String? {
        try await inside { try? readText(sysctlPath(name)) }
    }

    /// Runs a block on a thread that is on this host: sockets that it opens belong here.
    func inside<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let network = network
        return try await onThread {
            try check("setns(CLONE_NEWNET)", clinux_enter_network(network))
            return try body()
        }
    }
}

/// What a host is made of, made on a thread that is in its namespace already.
private final class Parts: @unchecked Sendable {
    let wireEnd: CInt
    let network: CInt
    let counters: CounterFiles
    private var table: SocketTable?

    init(_ side: Side, _ mtu: Int) throws {
        let device = "wire"
        wireEnd = try check("TUNSETIFF", clinux_open_tun(device))
        try check("SIOCSIFFLAGS lo", clinux_bring_up("lo"))
        // Neither router solicitations nor duplicate address detection: nobody on this wire would answer.
        for name in ["router_solicitations", "accept_dad"] {
            try writeText("0", to: "/proc/sys/net/ipv6/conf/\(device)/\(name)")
        }
        try check("SIOCSIFMTU", clinux_set_mtu(device, CInt(mtu)))
        try check("SIOCSIFFLAGS", clinux_bring_up(device))
        let (v4, v6) = (Host.address(of: side, .v4), Host.address(of: side, .v6))
        let v4Address = in_addr(s_addr: UInt32(truncatingIfNeeded: v4.bits).bigEndian)
        try check("SIOCSIFADDR", clinux_set_address_v4(device, v4Address, 24))
        let v6Address = withUnsafeBytes(of: v6.bits.bigEndian) { $0.loadUnaligned(as: in6_addr.self) }
        try check("SIOCSIFADDR (IPv6)", clinux_set_address_v6(device, v6Address, 64))
        // proc(5): of this thread, not of the process, whose main thread is somewhere else.
        network = try check("open /proc/thread-self/ns/net", open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC))
        counters = try CounterFiles()
        table = try SocketTable()
    }

    func takeTable() -> SocketTable {
        guard let table = table.take() else { preconditionFailure("the table is taken once") }
        return table
    }
}

private func sysctlPath(_ name: String) -> String {
    "/proc/sys/" + name.split(separator: ".").joined(separator: "/")
}
