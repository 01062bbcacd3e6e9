internal import Glibc

/// An address of an interface of this network namespace.
struct LocalAddress: Hashable {
    let address: IPAddress
    let interface: String
    let isUp: Bool
    /// Duplicate address detection is under way: nobody may use it yet (RFC 4862 section 5.4).
    let isTentative: Bool
    /// Another host has it too: nobody may use it (RFC 4862 section 5.4.5).
    let isDuplicate: Bool

    /// All of them. The corresponding C function is `getifaddrs`; what that does not tell stands in
    /// `/proc/net/if_inet6`.
    static var all: [LocalAddress] {
        let flagsOfIPv6 = flagsOfIPv6
        var all: [LocalAddress] = []
        forEachInterfaceAddress { entry, interface in
            guard let sockaddr = entry.ifa_addr, let endpoint = Endpoint(sockaddr) else { return }
            let flags = flagsOfIPv6?[Key(bits: endpoint.address.bits, interface: interface)] ?? 0
            let isV6 = endpoint.address.family == .v6
            all.append(
                LocalAddress(
                    address: endpoint.address, interface: interface, isUp: entry.isUp,
                    isTentative: isV6 && flags & 0x40 != 0, isDuplicate: isV6 && flags & 0x08 != 0))
        }
        return all
    }

    /// Whether an address is one of this host, so that a connection to it does not leave it.
    static func isOfThisHost(_ address: IPAddress) -> Bool {
        let address = address.unmapped
        return address.isAny || address == .loopbackV6 || address.family == .v4 && address.bits >> 24 == 127
            || all.contains { $0.address == address }
    }

    private struct Key: Hashable {
        let bits: UInt128
        let interface: String
    }

    /// Whether this kernel has IPv6 at all.
    static var hasIPv6: Bool { flagsOfIPv6 != nil }

    /// IFA_F_DADFAILED and IFA_F_TENTATIVE among others (include/uapi/linux/if_addr.h); nil where there is no IPv6.
    private static var flagsOfIPv6: [Key: UInt32]? {
        // Of this thread, which may be in a network namespace of its own.
        guard let text = SmallFile.text(of: "/proc/thread-self/net/if_inet6") else { return nil }
        return text.split(separator: "\n").reduce(into: [:]) { flags, line in
            let fields = line.split(separator: " ")
            guard fields.count == 6, let bits = UInt128(fields[0], radix: 16) else { return }
            flags[Key(bits: bits, interface: String(fields[5]))] = UInt32(fields[4], radix: 16)
        }
    }
}

/// An interface of this network namespace.
struct Interface: Hashable {
    let name: String
    let isUp: Bool

    static var all: Set<Interface> {
        var all: Set<Interface> = []
        forEachInterfaceAddress { entry, name in all.insert(Interface(name: name, isUp: entry.isUp)) }
        return all
    }

    static func named(_ name: String) -> Interface? { all.first { $0.name == name } }
}

/// Hands over what `getifaddrs` lists: each interface once, and once with each of its addresses.
private func forEachInterfaceAddress(_ body: (ifaddrs, String) -> Void) {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return }
    defer { freeifaddrs(list) }
    var next = list
    while let entry = next?.pointee {
        if let name = entry.ifa_name { body(entry, String(cString: name)) }
        next = entry.ifa_next
    }
}

extension ifaddrs {
    fileprivate var isUp: Bool { ifa_flags & UInt32(IFF_UP) != 0 }
}

extension Endpoint {
    init?(_ address: UnsafePointer<sockaddr>) {
        let length =
            switch CInt(address.pointee.sa_family) {
            case AF_INET: MemoryLayout<sockaddr_in>.size
            case AF_INET6: MemoryLayout<sockaddr_in6>.size
            default: 0
            }
        guard length > 0 else { return nil }
        var storage = sockaddr_storage()
        memcpy(&storage, address, length)
        self.init(storage)
    }
}

extension Endpoint {
    /// Whether a socket of this host may have the address now: asked of bind(), with a socket of its own and any port.
    public var isOfThisHost: Bool {
        let probe = Glibc.socket(address.family.number, CInt(SOCK_STREAM.rawValue), 0)
        guard probe >= 0 else { return false }
        defer { Glibc.close(probe) }
        return Endpoint(address, port: 0).withSocketAddress { Glibc.bind(probe, $0, $1) } == 0
    }
}
