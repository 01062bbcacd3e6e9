import CLinux
import Glibc
package import Recordings
package import TCPSockets

/// A host of the laboratory: a network namespace with a TUN device for its only interface.
///
/// It exists as long as this object, or a program that runs in it. Nothing in the file system points to it, so that
/// nothing can be left behind (network_namespaces(7)).
package final class Host: WiredHost {
    package let side: Side
    package var wireEnd: CInt { wire.number }
    private let wire: OwnDescriptor
    /// The host's own list of its sockets.
    package let sockets: SocketTable
    /// What its kernel counts.
    package let counters: CounterFiles
    /// What the programs that ran on it have written.
    let outputs = ProgramOutputs()
    /// The namespace.
    let network: OwnDescriptor

    /// Makes a host with the addresses of its side.
    ///
    /// - Parameter mtu: The largest packet that it sends, in bytes.
    /// - Throws: `LaboratoryError`.
    package init(_ side: Side, mtu: Int = 1500) async throws {
        let patience = Pace.current.patience
        let made = try await onThread { () throws -> Parts in
            try check("unshare(CLONE_NEWNET)", clinux_unshare_network())
            return try Parts(side, mtu, patience)
        }
        self.side = side
        wire = made.wire
        network = made.network
        counters = made.counters
        sockets = made.takeTable()
    }

    package func address(_ family: IPAddress.Family) -> IPAddress { side.address(family) }

    package func socket(local: Endpoint, remote: Endpoint) throws -> SocketEntry? {
        try sockets.find(local: local, remote: remote, orListener: true)
    }

    /// Sets one of the host's kernel parameters, and reads it back.
    ///
    /// - Parameters:
    ///   - name: Such as `net.ipv4.tcp_timestamps` (Documentation/networking/ip-sysctl.rst).
    /// - Throws: `MissingFeature`, where this kernel has none of that name; `LaboratoryError`.
    package func set(_ name: String, to value: String) async throws {
        try await inside {
            let path = sysctlPath(name)
            if access(path, F_OK) != 0, errno == ENOENT {
                throw MissingFeature("this kernel has no \(name): \(LaboratoryError("open \(path)", ENOENT))")
            }
            try writeText(value, to: sysctlPath(name))
            let found = try readText(sysctlPath(name))
            guard found == value else { throw LaboratoryError("\(name) is \(found) after it was set to \(value)") }
        }
    }

    /// Reads one of the host's kernel parameters; nil where this kernel has none of that name.
    package func sysctl(_ name: String) async throws -> String? {
        try await inside { try? readText(sysctlPath(name)) }
    }

    /// Waits until nobody listens on a port. Of that there is no event, and close() is no sign of it: a co-process that is
    /// just being started has a copy of every descriptor.
    ///
    /// - Throws: `NotSeen` after that time; `SocketError`.
    package func noListener(on port: UInt16, within time: Duration = Pace.current.patience) async throws {
        let deadline = ContinuousClock.now + time
        while try sockets.entries().contains(where: { $0.state == .listen && $0.local.port == port }) {
            guard ContinuousClock.now < deadline else { throw NotSeen(what: "the end of the listener", time: time) }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Runs a block on a thread that is on this host: sockets that it opens belong here.
    package func inside<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let network = network
        return try await onThread {
            try check("setns(CLONE_NEWNET)", clinux_enter_network(network.number))
            return try body()
        }
    }
}

/// What a host is made of, made on a thread that is in its namespace already.
private final class Parts: @unchecked Sendable {
    let wire: OwnDescriptor
    let network: OwnDescriptor
    let counters: CounterFiles
    private var table: SocketTable?

    init(_ side: Side, _ mtu: Int, _ patience: Duration) throws {
        let device = "wire"
        wire = try OwnDescriptor("TUNSETIFF", clinux_open_tun(device))
        try check("SIOCSIFFLAGS lo", clinux_bring_up("lo"))
        // Neither router solicitations nor duplicate address detection: nobody on this wire would answer.
        for name in ["router_solicitations", "accept_dad"] {
            try writeText("0", to: "/proc/sys/net/ipv6/conf/\(device)/\(name)")
        }
        try check("SIOCSIFMTU", clinux_set_mtu(device, CInt(mtu)))
        try check("SIOCSIFFLAGS", clinux_bring_up(device))
        let (v4, v6) = (side.address(.v4), side.address(.v6))
        let v4Address = in_addr(s_addr: UInt32(truncatingIfNeeded: v4.bits).bigEndian)
        try check("SIOCSIFADDR", clinux_set_address_v4(device, v4Address, 24))
        let v6Address = withUnsafeBytes(of: v6.bits.bigEndian) { $0.loadUnaligned(as: in6_addr.self) }
        try check("SIOCSIFADDR (IPv6)", clinux_set_address_v6(device, v6Address, 64))
        try Self.awaitUse(of: v6, patience)
        // proc(5): of this thread, not of the process, whose main thread is somewhere else.
        let namespace = "/proc/thread-self/ns/net"
        network = try OwnDescriptor("open \(namespace)", open(namespace, O_RDONLY | O_CLOEXEC))
        counters = try CounterFiles()
        table = try SocketTable()
    }

    /// Waits until sockets can be bound to an IPv6 address. It is tentative until one of the kernel's work queues has
    /// dealt with it, with duplicate address detection or without, and no event tells (net/ipv6/addrconf.c,
    /// addrconf_dad_work).
    private static func awaitUse(of address: IPAddress, _ patience: Duration) throws {
        let deadline = ContinuousClock.now + patience
        while true {
            let socket = try TCPSocket(.v6)
            var failure: SocketError?
            do throws(SocketError) {
                try socket.bind(to: Endpoint(address, port: 0))
            } catch {
                failure = error
            }
            try socket.close()
            guard let failure else { return }
            if failure.errno != .addressNotAvailable || ContinuousClock.now > deadline { throw failure }
            usleep(1000)
        }
    }

    func takeTable() -> SocketTable {
        guard let table = table.take() else { preconditionFailure("the table is taken once") }
        return table
    }
}

private func sysctlPath(_ name: String) -> String {
    "/proc/sys/" + name.split(separator: ".").joined(separator: "/")
}
