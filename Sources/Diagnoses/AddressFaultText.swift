import TCPSockets

extension AddressFault {
    var finding: String {
        switch self {
        case .absent(let interfaces) where interfaces.isEmpty: "No interface of this host has that address."
        case .absent(let interfaces):
            "No interface of this host has that address. One that is down has no IPv6 address: "
                + "\(interfaces.joined(separator: ", "))."
        case .noSource(let family): "This host has no \(family == .v4 ? "IPv4" : "IPv6") address to connect from."
        case .ipv6Off(nil): "IPv6 is off on this host (net.ipv6.conf.all.disable_ipv6)."
        case .ipv6Off(let interface?): "IPv6 is off on \(interface) (net.ipv6.conf.\(interface).disable_ipv6)."
        case .interfaceDown(let interface): "The interface \(interface) is down."
        case .tentative(let interface):
            "The address on \(interface) is still tentative: duplicate address detection has not ended."
        case .duplicate(let interface):
            "Another host has the address of \(interface) too (duplicate address detection)."
        }
    }

    var remedy: String {
        switch self {
        case .absent: "Use one of the addresses that `ip address` lists."
        case .noSource:
            "Give an interface such an address (`ip address` lists those it has), or connect to an address of the "
                + "other family."
        case .ipv6Off: "Use an IPv4 address, or enable IPv6 there."
        case .interfaceDown(let interface): "Bring it up: `ip link set \(interface) up`."
        case .tentative: "Wait until `ip -6 address` no longer says tentative, a second or two."
        case .duplicate: "Give one of the two hosts another address."
        }
    }
}
