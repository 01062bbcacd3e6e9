package import TCPSockets

/// One of the laboratory's two hosts, by the part it plays in the article. In a few experiments the host called
/// server makes a connection of its own; it keeps its name.
package enum Side: String, CaseIterable, Codable, Sendable, Hashable {
    case client, server

    package var other: Side { self == .client ? .server : .client }

    /// The address of its host: set aside for documentation, and so nobody's (RFC 5737, RFC 3849).
    package func address(_ family: IPAddress.Family) -> IPAddress {
        let number: UInt128 = self == .client ? 1 : 2
        return switch family {
        case .v4: IPAddress(family: .v4, bits: 0xC000_0200 + number)
        case .v6: IPAddress(family: .v6, bits: 0x2001_0DB8 << 96 + number)
        }
    }
}
