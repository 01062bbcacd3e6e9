internal import CLinux
internal import Glibc

// What goes to the kernel, and what comes back, in the layouts of include/uapi/linux/inet_diag.h.

/// A sock_diag request as it goes over netlink: header and body without a gap.
struct DiagnosisRequest {
    var header = nlmsghdr()
    var body = inet_diag_req_v2()

    init(family: IPAddress.Family, flags: UInt16, protocolNumber: Int = IPPROTO_TCP) {
        header.nlmsg_len = UInt32(MemoryLayout<DiagnosisRequest>.size)
        header.nlmsg_type = UInt16(SOCK_DIAG_BY_FAMILY)
        header.nlmsg_flags = flags
        body.sdiag_family = UInt8(family.number)
        body.sdiag_protocol = UInt8(protocolNumber)
        body.idiag_states = ~0
        // No cookie: any socket with these ends will do (INET_DIAG_NOCOOKIE).
        body.id.idiag_cookie = (~0, ~0)
    }
}

extension inet_diag_sockid {
    init(local: Endpoint, remote: Endpoint) {
        self.init()
        idiag_sport = local.port.bigEndian
        idiag_dport = remote.port.bigEndian
        store(local.address, at: \.idiag_src)
        store(remote.address, at: \.idiag_dst)
        // A link-local address is looked up on its interface only.
        idiag_if = local.address.scope != 0 ? local.address.scope : remote.address.scope
        idiag_cookie = (~0, ~0)
    }

    private mutating func store(
        _ address: IPAddress, at field: WritableKeyPath<Self, (UInt32, UInt32, UInt32, UInt32)>
    ) {
        withUnsafeMutableBytes(of: &self[keyPath: field]) { bytes in
            switch address.family {
            case .v4: bytes.storeBytes(of: address.v4, as: in_addr.self)
            case .v6: bytes.storeBytes(of: address.v6, as: in6_addr.self)
            }
        }
    }
}

extension SocketEntry {
    /// - Parameter message: A message of the kernel: inet_diag_msg, and attributes behind it.
    init?(message bytes: UnsafeRawBufferPointer) {
        let message = bytes.loadUnaligned(as: inet_diag_msg.self)
        let isV4 = CInt(message.idiag_family) == AF_INET
        // 13 is TCP_BOUND_INACTIVE: bound, and in the state CLOSED.
        let number = CInt(message.idiag_state)
        guard
            let state = number == CInt(CLINUX_TCP_BOUND_INACTIVE)
                ? .closed : TCPState(kernelNumber: message.idiag_state)
        else { return nil }
        func endpoint(_ field: (UInt32, UInt32, UInt32, UInt32), _ port: UInt16) -> Endpoint {
            let address = withUnsafeBytes(of: field) { bytes in
                isV4 ? IPAddress(bytes.load(as: in_addr.self)) : IPAddress(bytes.loadUnaligned(as: in6_addr.self))
            }
            let scoped = address.isLinkLocal ? address.scoped(to: message.id.idiag_if) : address
            return Endpoint(scoped, port: UInt16(bigEndian: port))
        }
        let timer = TimerKind(rawValue: message.idiag_timer).map {
            Timer(kind: $0, remaining: .milliseconds(message.idiag_expires))
        }
        self.init(
            local: endpoint(message.id.idiag_src, message.id.idiag_sport),
            remote: endpoint(message.id.idiag_dst, message.id.idiag_dport),
            state: state, timer: timer, retransmissions: Int(message.idiag_retrans),
            receiveQueue: Int(message.idiag_rqueue), sendQueue: Int(message.idiag_wqueue),
            user: message.idiag_uid, inode: message.idiag_inode, interface: message.id.idiag_if,
            isIPv6Only: attribute(INET_DIAG_SKV6ONLY, of: bytes)?.first == 1)
    }
}

extension SocketTimes {
    /// Reads the attribute INET_DIAG_INFO, if it is there: a tcp_info (tcp(7)), of which an older kernel sends less.
    init?(message: UnsafeRawBufferPointer) {
        guard let sent = MemoryLayout<tcp_info>.offset(of: \.tcpi_last_data_sent),
            let received = MemoryLayout<tcp_info>.offset(of: \.tcpi_last_data_recv),
            let acknowledged = MemoryLayout<tcp_info>.offset(of: \.tcpi_last_ack_recv)
        else { return nil }
        guard let info = attribute(INET_DIAG_INFO, of: message), info.count >= acknowledged + 4 else { return nil }
        func time(_ offset: Int) -> Duration {
            .milliseconds(info.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        }
        self.init(
            sinceDataSent: time(sent), sinceDataReceived: time(received), sinceAcknowledgement: time(acknowledged))
    }
}

/// One of the attributes behind an inet_diag_msg (netlink(7)), without its header; nil where it is not there.
private func attribute(_ number: Int, of message: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var rest = UnsafeRawBufferPointer(rebasing: message[MemoryLayout<inet_diag_msg>.size...])
    while rest.count >= MemoryLayout<nlattr>.size {
        let header = rest.loadUnaligned(as: nlattr.self)
        let size = min(Int(header.nla_len), rest.count)
        guard size >= MemoryLayout<nlattr>.size else { return nil }
        if Int(header.nla_type) == number {
            return UnsafeRawBufferPointer(rebasing: rest[MemoryLayout<nlattr>.size..<size])
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[min((size + 3) & ~3, rest.count)...])
    }
    return nil
}
