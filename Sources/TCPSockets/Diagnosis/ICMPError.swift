internal import CLinux
internal import Glibc

/// An ICMP error that ended a connect(): no segment of the peer did.
public struct ICMPError: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case networkUnreachable, hostUnreachable, protocolUnreachable, portUnreachable
        /// Administratively prohibited, of the network, the host or the traffic.
        case prohibited
        /// The packet has been on its way through too many routers.
        case timeExceeded
        case other(type: UInt8, code: UInt8)
    }

    public let kind: Kind
    /// Who sent it; nil where the kernel does not keep that (IPv6).
    public let sender: IPAddress?

    public init(_ kind: Kind, from sender: IPAddress?) {
        (self.kind, self.sender) = (kind, sender)
    }

    /// By the numbers of RFC 792 and RFC 1812 section 5.2.7.1.
    init(type: UInt8, code: UInt8, from sender: IPAddress?) {
        let kind: Kind =
            switch (type, code) {
            case (3, 0), (3, 6), (3, 11): .networkUnreachable
            case (3, 1), (3, 7), (3, 12): .hostUnreachable
            case (3, 2): .protocolUnreachable
            case (3, 3): .portUnreachable
            case (3, 9), (3, 10), (3, 13): .prohibited
            case (11, _): .timeExceeded
            default: .other(type: type, code: code)
            }
        self.init(kind, from: sender)
    }

    /// What an ICMPv6 error has become, read backwards (net/ipv6/icmp.c, icmpv6_err_convert): the kernel keeps none
    /// without IPV6_RECVERR.
    fileprivate init?(ipv6 errno: Errno) {
        switch errno {
        case .connectionRefused: self.init(.portUnreachable, from: nil)
        case .permissionDenied: self.init(.prohibited, from: nil)
        case .networkUnreachable: self.init(.networkUnreachable, from: nil)
        case .hostUnreachable: self.init(.hostUnreachable, from: nil)
        default: return nil
        }
    }
}

extension TCPSocket {
    /// The ICMP error by which a connect() has failed, if it was one.
    ///
    /// Over IPv4 it waits in the error queue of the socket (recvmsg(2), MSG_ERRQUEUE). Over IPv6 it is told from a RST, and
    /// from what this host found by itself, by the segments that the socket has sent and received: some, and none
    /// (tcp_info, tcpi_segs_out and tcpi_segs_in). The trace shows neither.
    public borrowing func icmpError(behind error: SocketError) -> ICMPError? {
        guard error.call == .connect, let family = error.endpoint?.address.unmapped.family else { return nil }
        if family == .v4 {
            var (type, code): (UInt8, UInt8) = (0, 0)
            var sender = in_addr()
            guard clinux_icmp_error(descriptor, &type, &code, &sender) == 1 else { return nil }
            return ICMPError(type: type, code: code, from: IPAddress(sender))
        }
        var (sent, received): (UInt32, UInt32) = (0, 0)
        guard clinux_segments(descriptor, &sent, &received) == 0, sent > 0, received == 0 else { return nil }
        return ICMPError(ipv6: error.errno)
    }
}
