/// The addresses that a socket has claimed by bind(), as far as they decide whether two sockets may share a port.
///
/// bind() finds a conflict where one claim meets another (net/ipv4/inet_connection_sock.c, inet_rcv_saddr_equal): an
/// IPv6 socket on `::` without IPV6_V6ONLY claims every IPv4 address too, and one on an IPv4-mapped address claims
/// that IPv4 address and nothing else (ipv6(7)).
package struct AddressClaim: Hashable {
    private enum Part: Hashable {
        case all
        case one(UInt128)
        case none

        func meets(_ other: Part) -> Bool {
            switch (self, other) {
            case (.none, _), (_, .none): false
            case (.all, _), (_, .all): true
            case (.one(let mine), .one(let theirs)): mine == theirs
            }
        }
    }

    private let v4, v6: Part
    /// The only interface whose traffic it takes, 0 for all (SO_BINDTODEVICE, or the scope of a link-local address).
    private let interface: UInt32

    init(_ address: IPAddress, isIPv6Only: Bool, interface: UInt32) {
        self.interface = interface
        let plain = address.unmapped
        switch (address.family, plain.family) {
        case (_, .v4): (v4, v6) = (plain.isAny ? .all : .one(plain.bits), .none)
        case (_, .v6) where plain.isAny: (v4, v6) = (isIPv6Only ? .none : .all, .all)
        case (_, .v6): (v4, v6) = (.none, .one(plain.bits))
        }
    }

    package init(of entry: SocketEntry) {
        self.init(entry.local.address, isIPv6Only: entry.isIPv6Only, interface: entry.interface)
    }

    func meets(_ other: AddressClaim) -> Bool {
        (interface == 0 || other.interface == 0 || interface == other.interface)
            && (v4.meets(other.v4) || v6.meets(other.v6))
    }

    /// Whether it is an IPv6 socket's, and takes IPv4 too.
    package var takesBothFamilies: Bool { v4 == .all && v6 == .all }
    package var takesIPv4Only: Bool { v6 == .none }
}
