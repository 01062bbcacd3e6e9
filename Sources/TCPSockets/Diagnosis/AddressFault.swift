/// Why a socket cannot have an address of this host, whatever its port.
public enum AddressFault: Sendable, Hashable {
    /// No interface has it. An interface that is down has lost its IPv6 addresses: these are down.
    case absent(interfacesDown: [String])
    /// No interface has an address of the family from which connect() could call.
    case noSource(IPAddress.Family)
    /// IPv6 is off: on one interface (net.ipv6.conf.NAME.disable_ipv6), or on all (nil).
    case ipv6Off(interface: String?)
    case interfaceDown(String)
    /// Duplicate address detection has not ended.
    case tentative(interface: String)
    /// Duplicate address detection found another host that has it.
    case duplicate(interface: String)

    /// Why bind() cannot have an address, read from the interfaces.
    init(binding address: IPAddress) {
        let address = address.unmapped
        let same = LocalAddress.all.filter { $0.address == address }
        self =
            if address.family == .v6, Self.isOff(nil) {
                .ipv6Off(interface: nil)
            } else if let off = address.onlyInterface, address.family == .v6, Self.isOff(off) {
                .ipv6Off(interface: off)
            } else if let fault = same.lazy.compactMap({ $0.fault }).first {
                fault
            } else if let interface = address.onlyInterface, Interface.named(interface)?.isUp == false {
                .interfaceDown(interface)
            } else {
                .absent(interfacesDown: address.family == .v6 ? Interface.all.filter { !$0.isUp }.map(\.name) : [])
            }
    }

    /// Why connect() found no address of this host to call from; nil where there is one.
    init?(callingFrom remote: IPAddress) {
        let remote = remote.unmapped
        let interface = remote.onlyInterface
        if let interface, Interface.named(interface)?.isUp == false {
            self = .interfaceDown(interface)
            return
        }
        guard remote.family == .v6 else { return nil }
        if let interface, !Self.isOff(nil), Self.isOff(interface) {
            self = .ipv6Off(interface: interface)
            return
        }
        let candidates = LocalAddress.all.filter { candidate in
            candidate.address.family == .v6
                && interface.map { $0 == candidate.interface } ?? (candidate.interface != "lo")
        }
        if candidates.contains(where: { $0.fault == nil }) { return nil }
        if Self.isOff(nil) {
            self = .ipv6Off(interface: nil)
        } else if let fault = candidates.first?.fault {
            self = fault
        } else {
            return nil
        }
    }

    /// Whether IPv6 is off on an interface, or, for nil, on all: each may be turned on again after `all` was turned off.
    private static func isOff(_ interface: String?) -> Bool {
        func isOff(_ name: String) -> Bool { SmallFile.number(in: "/proc/sys/net/ipv6/conf/\(name)/disable_ipv6") == 1 }
        guard LocalAddress.hasIPv6 else { return true }
        return interface.map(isOff) ?? (isOff("all") && Interface.all.allSatisfy { isOff($0.name) })
    }
}

extension LocalAddress {
    /// Why it cannot be used, if that is so.
    fileprivate var fault: AddressFault? {
        if !isUp { return .interfaceDown(interface) }
        if isDuplicate { return .duplicate(interface: interface) }
        return isTentative ? .tentative(interface: interface) : nil
    }
}

extension IPAddress {
    /// The only interface on which it can be: that of a link-local address, or the loopback one.
    var onlyInterface: String? {
        if scope != 0 { return interfaceName(scope) }
        return self == .loopbackV6 || family == .v4 && bits >> 24 == 127 ? "lo" : nil
    }
}
