internal import CLinux
internal import Glibc

/// Questions that connect() answers by itself, put to it with sockets of their own that send nothing.
enum ConnectProbe {
    /// The address of this host that a connection would come from: the route's choice.
    static func source(to remote: Endpoint) -> IPAddress? {
        withSocket(SOCK_DGRAM, remote) { probe in
            guard remote.withSocketAddress({ Glibc.connect(probe, $0, $1) }) == 0 else { return nil }
            return Endpoint(nameOf: probe)?.address
        }
    }

    /// Why the route alone makes connect() fail, if it does: in a UDP socket it sends nothing (udp(7)).
    static func routeError(to remote: Endpoint) -> Errno? {
        withSocket(SOCK_DGRAM, remote) { probe in
            remote.withSocketAddress { Glibc.connect(probe, $0, $1) } < 0 ? Errno.current : nil
        }
    }

    /// Whether connect() would find a port after a bind() with IP_BIND_ADDRESS_NO_PORT and port 0; nil where this kernel does
    /// not tell.
    ///
    /// With TCP_FASTOPEN_CONNECT and without a cookie, connect() takes its port and leaves the SYN to the first write, which
    /// does not come (net/ipv4/tcp_fastopen.c, tcp_fastopen_defer_connect).
    static func findsPort(_ request: AddressRequest, to remote: Endpoint) -> Bool? {
        withSocket(SOCK_STREAM, remote) { probe in
            var options = [
                (CInt(IPPROTO_TCP), CInt(clinux_tcp_fastopen_connect), UInt32(1)),
                (CInt(IPPROTO_TCP), CInt(clinux_tcp_fastopen_no_cookie), 1),
                (CInt(IPPROTO_IP), CInt(IP_BIND_ADDRESS_NO_PORT), 1),
            ]
            if let range = request.portRange {
                options.append(
                    (
                        CInt(IPPROTO_IP), CInt(IP_LOCAL_PORT_RANGE),
                        UInt32(range.upperBound) << 16 | UInt32(range.lowerBound)
                    ))
            }
            for (level, name, value) in options {
                var value = value
                guard setsockopt(probe, level, name, &value, socklen_t(MemoryLayout<UInt32>.size)) == 0 else {
                    return nil
                }
            }
            if let local = request.local {
                guard local.withSocketAddress({ Glibc.bind(probe, $0, $1) }) == 0 else { return nil }
            }
            if remote.withSocketAddress({ Glibc.connect(probe, $0, $1) }) == 0 { return true }
            return Errno.current == .addressNotAvailable ? false : nil
        }
    }

    private static func withSocket<Answer>(
        _ type: __socket_type, _ remote: Endpoint, _ body: (CInt) -> Answer?
    ) -> Answer? {
        let flags = CInt(type.rawValue) | clinux_sock_cloexec() | CInt(O_NONBLOCK)
        let probe = Glibc.socket(remote.address.family.number, flags, 0)
        guard probe >= 0 else { return nil }
        defer { Glibc.close(probe) }
        return body(probe)
    }
}

extension Endpoint {
    /// The local end of a socket. The corresponding C function is `getsockname`.
    fileprivate init?(nameOf socket: CInt) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
        }
        guard result == 0 else { return nil }
        self.init(storage)
    }
}
