package import Glibc

/// One end of a connection: an address and a port.
public struct Endpoint: Hashable, Sendable {
    public var address: IPAddress
    public var port: UInt16

    public init(_ address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// The same end with an IPv4-mapped address shown as the IPv4 address it is.
    public var unmapped: Endpoint { Endpoint(address.unmapped, port: port) }
}

extension Endpoint: CustomStringConvertible {
    /// `127.0.0.1:7000` or `[::1]:7000`.
    public var description: String {
        address.family == .v4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
}

// The C socket addresses, which differ in size and layout with the family (ip(7), ipv6(7)).
extension Endpoint {
    /// Lends the address as the C type that `bind`, `connect` and their kin take.
    package func withSocketAddress<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        switch address.family {
        case .v4:
            var v4 = sockaddr_in()
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = port.bigEndian
            v4.sin_addr = address.v4
            return lend(&v4, body)
        case .v6:
            var v6 = sockaddr_in6()
            v6.sin6_family = sa_family_t(AF_INET6)
            v6.sin6_port = port.bigEndian
            v6.sin6_addr = address.v6
            v6.sin6_scope_id = address.scope
            return lend(&v6, body)
        }
    }

    private func lend<Address, R>(
        _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
    ) -> R {
        withUnsafeBytes(of: &address) { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("a socket address has bytes") }
            return body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }

    /// Reads the address that a C call fills in; nil when the call fails or gives another family.
    init?(_ fill: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { fill($0, &length) }
        }
        guard result >= 0 else { return nil }
        self.init(storage)
    }

    init?(_ storage: sockaddr_storage) {
        let endpoint: Endpoint? = withUnsafeBytes(of: storage) { bytes in
            switch CInt(storage.ss_family) {
            case AF_INET:
                let v4 = bytes.loadUnaligned(as: sockaddr_in.self)
                return Endpoint(IPAddress(v4.sin_addr), port: UInt16(bigEndian: v4.sin_port))
            case AF_INET6:
                let v6 = bytes.loadUnaligned(as: sockaddr_in6.self)
                let address = IPAddress(v6.sin6_addr, scope: v6.sin6_scope_id)
                return Endpoint(address, port: UInt16(bigEndian: v6.sin6_port))
            default:
                return nil
            }
        }
        guard let endpoint else { return nil }
        self = endpoint
    }
}

extension Endpoint {
    /// Reads the form that `description` writes.
    public init?(numeric text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        let isBracketed = host.first == "[" && host.last == "]"
        if isBracketed { host = host.dropFirst().dropLast() }
        guard let address = IPAddress(host), isBracketed == (address.family == .v6) else { return nil }
        self.init(address, port: port)
    }
}
