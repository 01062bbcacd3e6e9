/// An ICMP error that says a segment could not be delivered, and quotes its first bytes (RFC 792; RFC 4443 section 3.1). It ends
/// a connection only in answer to a SYN (RFC 5927; net/ipv4/tcp_ipv4.c, tcp_v4_err).
package struct Unreachable: Sendable {
    package enum Reason: String, Sendable {
        case network = "network unreachable"
        case host = "host unreachable"
        case port = "port unreachable"
        case prohibited = "administratively prohibited"

        fileprivate init?(code: UInt8, isV6: Bool) {
            switch (code, isV6) {
            case (0, _), (6, false), (11, false): self = .network
            case (1, false), (7, false), (12, false), (3, true): self = .host
            case (3, false), (4, true): self = .port
            case (9, false), (10, false), (13, false), (1, true), (5, true), (6, true): self = .prohibited
            default: return nil
            }
        }
    }

    /// The ends of the segment, and its number.
    package let source, destination: PackedEnd
    package let sequence: UInt32
    package let reason: Reason

    /// - Parameters:
    ///   - packet: What IP carries, with IP's header.
    ///   - header: Where ICMP's begins.
    /// - Returns: nil where it is another message, or quotes no TCP.
    init?(_ packet: PacketBytes, at header: Int, isV6: Bool) {
        guard packet.count >= header + 8, packet[header] == (isV6 ? 1 : 3),
            let reason = Reason(code: packet[header + 1], isV6: isV6)
        else { return nil }
        let quoted = packet.dropFirst(header + 8)
        guard quoted.count >= (isV6 ? 40 : 20), quoted[0] >> 4 == (isV6 ? 6 : 4), quoted[isV6 ? 6 : 9] == 6 else {
            return nil
        }
        let place = isV6 ? 40 : Int(quoted[0] & 0x0F) * 4
        guard place >= 20, quoted.count >= place + 8 else { return nil }
        var (source, destination) =
            isV6
            ? (
                PackedEnd(high: quoted.number(at: 8), low: quoted.number(at: 16)),
                PackedEnd(high: quoted.number(at: 24), low: quoted.number(at: 32))
            )
            : (PackedEnd(v4: quoted.number(at: 12)), PackedEnd(v4: quoted.number(at: 16)))
        source.port = quoted.number(at: place)
        destination.port = quoted.number(at: place + 2)
        (self.source, self.destination, self.reason) = (source, destination, reason)
        sequence = quoted.number(at: place + 4)
    }
}
