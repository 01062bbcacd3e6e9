import TCPSockets

/// Clients that may talk to the server, by address and, if they bind a fixed one, by port:
/// `192.0.2.0/24`, `127.0.0.1:50001`, `[2001:db8::/32]:50001`, `::1`.
package struct AllowRule: Hashable, Sendable {
    let network: IPAddress
    let prefixLength: Int
    let port: UInt16?

    /// Reads the written form; nil when it is none.
    package init?(_ text: String) {
        var address = Substring(text)
        var port: UInt16?
        if address.first == "[", let bracket = address.lastIndex(of: "]") {
            let rest = address[address.index(after: bracket)...]
            if !rest.isEmpty {
                guard rest.first == ":", let number = Self.port(rest.dropFirst()) else { return nil }
                port = number
            }
            address = address[address.index(after: address.startIndex)..<bracket]
        } else if address.count(where: { $0 == ":" }) == 1, let colon = address.firstIndex(of: ":") {
            guard let number = Self.port(address[address.index(after: colon)...]) else { return nil }
            port = number
            address = address[..<colon]
        }
        let parts = address.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let network = IPAddress(parts[0]) else { return nil }
        let width = network.family == .v4 ? 32 : 128
        guard let prefix = parts.count == 2 ? Self.number(parts[1]).map(Int.init) : width, prefix <= width else {
            return nil
        }
        // Clients over IPv4 are known by their IPv4 addresses, so rules are too.
        let isMapped = network.unmapped != network && prefix >= 96
        self.network = isMapped ? network.unmapped : network
        self.prefixLength = isMapped ? prefix - 96 : prefix
        self.port = port
    }

    /// Digits alone: `UInt16` itself takes a sign as well.
    private static func number(_ text: Substring) -> UInt16? {
        text.allSatisfy { ("0"..."9").contains($0) } ? UInt16(text) : nil
    }

    /// No client has port 0: a rule with it would let nobody in.
    private static func port(_ text: Substring) -> UInt16? { number(text).flatMap { $0 == 0 ? nil : $0 } }

    func matches(_ client: Endpoint) -> Bool {
        let address = client.address.unmapped
        guard address.family == network.family, port == nil || port == client.port else { return false }
        let shift = (network.family == .v4 ? 32 : 128) - prefixLength
        return address.bits >> UInt128(shift) == network.bits >> UInt128(shift)
    }
}
