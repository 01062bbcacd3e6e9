internal import Glibc

/// An IPv4 or IPv6 address.
public struct IPAddress: Hashable, Sendable {
    public enum Family: Sendable, Hashable, CaseIterable {
        case v4, v6

        /// `AF_INET` or `AF_INET6`.
        var number: CInt { self == .v4 ? AF_INET : AF_INET6 }
    }

    /// The upper and lower half of an address. Not one UInt128: its alignment of 16 bytes is not kept where an
    /// async closure captures it, and a release build of Swift 6.3 crashes there.
    private let high, low: UInt64
    /// The interface that a link-local IPv6 address belongs to, 0 for none (ipv6(7), sin6_scope_id).
    public let scope: UInt32
    /// Last, so that an endpoint's port fits in behind it.
    public let family: Family

    public init(family: Family, bits: UInt128, scope: UInt32 = 0) {
        self.family = family
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
        self.scope = scope
    }

    /// The address as a number: for IPv4 in the lowest 32 bits.
    public var bits: UInt128 { UInt128(high) << 64 | UInt128(low) }

    /// Reads a numeric address, and behind a `%` the interface of a link-local one, by name or number (RFC 4007 section 11).
    ///
    /// The corresponding C functions are `inet_pton` and `if_nametoindex`.
    public init?(_ text: some StringProtocol) {
        let parts = String(text).split(separator: "%" as Character, maxSplits: 1, omittingEmptySubsequences: false)
            .map(String.init)
        var v4 = in_addr()
        var v6 = in6_addr()
        if parts.count == 1, inet_pton(AF_INET, parts[0], &v4) == 1 {
            self.init(v4)
        } else if inet_pton(AF_INET6, parts[0], &v6) == 1 {
            self.init(v6)
            guard parts.count == 2 else { return }
            let scope = UInt32(parts[1]) ?? if_nametoindex(parts[1])
            guard scope != 0, isLinkLocal else { return nil }
            self = scoped(to: scope)
        } else {
            return nil
        }
    }

    /// fe80::/10, an address that means nothing without its interface (RFC 4291 section 2.5.6).
    public var isLinkLocal: Bool { family == .v6 && bits >> 118 == 0x3FA }

    func scoped(to interface: UInt32) -> IPAddress { IPAddress(family: family, bits: bits, scope: interface) }

    init(_ address: in_addr) {
        self.init(family: .v4, bits: UInt128(UInt32(bigEndian: address.s_addr)))
    }

    init(_ address: in6_addr, scope: UInt32 = 0) {
        let bits = withUnsafeBytes(of: address) { $0.loadUnaligned(as: UInt128.self) }
        self.init(family: .v6, bits: UInt128(bigEndian: bits), scope: scope)
    }

    var v4: in_addr { in_addr(s_addr: UInt32(truncatingIfNeeded: bits).bigEndian) }

    var v6: in6_addr {
        withUnsafeBytes(of: bits.bigEndian) { $0.loadUnaligned(as: in6_addr.self) }
    }

    public static let anyV4 = IPAddress(family: .v4, bits: 0)
    public static let anyV6 = IPAddress(family: .v6, bits: 0)
    public static let loopbackV4 = IPAddress(family: .v4, bits: 0x7F00_0001)
    public static let loopbackV6 = IPAddress(family: .v6, bits: 1)

    /// 224.0.0.0/4 (RFC 1112 section 4), ff00::/8 (RFC 4291 section 2.7), or 255.255.255.255 (RFC 919 section 7). Which
    /// other addresses are broadcast ones depends on the networks of the host.
    var isMulticastOrBroadcast: Bool {
        let plain = unmapped
        return plain.family == .v4 ? plain.bits >> 28 == 0xE || plain.bits == 0xFFFF_FFFF : plain.bits >> 120 == 0xFF
    }

    /// `0.0.0.0` or `::`.
    public var isAny: Bool { bits == 0 }

    /// Whether it leads to this machine alone: 127.0.0.0/8 (RFC 1122 section 3.2.1.3) or ::1.
    public var isLoopback: Bool { unmapped.family == .v4 ? unmapped.bits >> 24 == 127 : bits == 1 }

    /// The IPv4 address inside an IPv4-mapped IPv6 one (RFC 4291 section 2.5.5.2), which is how a
    /// dual-stack listener sees its IPv4 clients; any other address is itself.
    public var unmapped: IPAddress {
        family == .v6 && bits >> 32 == 0xFFFF
            ? IPAddress(family: .v4, bits: bits & 0xFFFF_FFFF) : self
    }
}

extension IPAddress: CustomStringConvertible {
    /// The numeric form, with the name of a link-local address' interface, such as `fe80::1%eth0`. The corresponding C
    /// functions are `inet_ntop` and `if_indextoname`.
    public var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
            var (v4, v6) = (v4, v6)
            let length = socklen_t(text.count)
            let written =
                family == .v4
                ? inet_ntop(AF_INET, &v4, text.baseAddress, length)
                : inet_ntop(AF_INET6, &v6, text.baseAddress, length)
            guard let written else { return "?" }
            return String(cString: written) + (scope == 0 ? "" : "%\(interfaceName(scope))")
        }
    }
}

/// The name of an interface, or its number where it has none (any more). The corresponding C function is `if_indextoname`.
package func interfaceName(_ number: UInt32) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(IF_NAMESIZE)) { name in
        guard let base = name.baseAddress, if_indextoname(number, base) != nil else { return "\(number)" }
        return String(cString: base)
    }
}
