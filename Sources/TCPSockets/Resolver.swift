internal import Glibc

/// A name that no address was found for.
public struct UnknownHost: Error, CustomStringConvertible {
    public let name: String
    /// What the resolver says, in words (gai_strerror(3)).
    public let reason: String

    public var description: String { "getaddrinfo \(name): \(reason)" }
}

/// Names to addresses.
public enum Resolver {
    /// All endpoints of a TCP service, in the order in which to try them (RFC 6724).
    ///
    /// The corresponding C function is `getaddrinfo`. It waits for the name servers and is not
    /// interrupted by signals.
    ///
    /// - Throws: `UnknownHost`.
    public static func resolve(_ host: String, port: UInt16) throws(UnknownHost) -> [Endpoint] {
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if let address = IPAddress(isBracketed ? host.dropFirst().dropLast() : host[...]) {
            return [Endpoint(address, port: port)]
        }
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = CInt(AI_ADDRCONFIG)
        var list: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, String(port), &hints, &list)
        guard result == 0 else {
            throw UnknownHost(name: host, reason: String(cString: gai_strerror(result)))
        }
        defer { freeaddrinfo(list) }
        let endpoints = sequence(first: list, next: { $0?.pointee.ai_next }).prefix { $0 != nil }
            .compactMap { entry in entry.flatMap { Endpoint($0.pointee) } }
        guard !endpoints.isEmpty else {
            throw UnknownHost(name: host, reason: "neither an IPv4 nor an IPv6 address")
        }
        return endpoints
    }
}

extension Endpoint {
    fileprivate init?(_ info: addrinfo) {
        guard let address = info.ai_addr else { return nil }
        self.init { target, length in
            memcpy(target, address, Int(info.ai_addrlen))
            length.pointee = info.ai_addrlen
            return 0
        }
    }
}
