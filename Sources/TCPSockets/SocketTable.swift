internal import CLinux
internal import Glibc

/// The kernel's own list of the TCP sockets of a network namespace: the one in which it was opened.
///
/// It is asked over netlink, in binary (sock_diag(7)), and not by reading `/proc/net/tcp`: one connection can
/// be looked up without reading all, the timers come in milliseconds, and bound sockets are shown.
public struct SocketTable: ~Copyable, Sendable {
    private let descriptor: CInt

    /// Opens the table. The corresponding C call is `socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG)`.
    public init() throws(SocketError) {
        let result = try systemCall(.socket, on: -1, isTraced: false) {
            let type = CInt(SOCK_RAW.rawValue) | clinux_sock_cloexec()
            return Int(Glibc.socket(AF_NETLINK, type, CInt(NETLINK_SOCK_DIAG)))
        }
        descriptor = CInt(result)
    }

    deinit {
        Glibc.close(descriptor)
    }

    /// Every TCP socket over IPv4 and IPv6, in any state, with those that are only bound.
    public borrowing func entries() throws(SocketError) -> [SocketEntry] {
        var entries: [SocketEntry] = []
        for family in IPAddress.Family.allCases {
            var request = DiagnosisRequest(family: family, flags: UInt16(NLM_F_REQUEST | NLM_F_ROOT | NLM_F_MATCH))
            try exchange(&request) { entries.append($0) }
        }
        return entries
    }

    /// The socket of one connection, or nil where the kernel keeps none (any more).
    ///
    /// - Parameter orListener: Whether a listener of the local port will do where there is no connection: it is
    ///   what a segment of that connection would meet.
    public borrowing func find(
        local: Endpoint, remote: Endpoint, orListener: Bool = false
    ) throws(SocketError) -> SocketEntry? {
        var request = DiagnosisRequest(family: local.address.family, flags: UInt16(NLM_F_REQUEST))
        request.body.id = inet_diag_sockid(local: local, remote: remote)
        var found: SocketEntry?
        do {
            try exchange(&request) { found = $0 }
        } catch {
            if error.errno != .noEntry { throw error }
        }
        // The kernel's look-up falls back to a listener of the local port (net/ipv4/inet_diag.c).
        return found?.state == .listen && !orListener ? nil : found
    }

    /// Takes a connection out of the kernel's hands, whatever its state: `ss --kill` does the same.
    ///
    /// The corresponding netlink message is SOCK_DESTROY (include/uapi/linux/sock_diag.h); it takes CAP_NET_ADMIN and a
    /// kernel with CONFIG_INET_DIAG_DESTROY, and is EOPNOTSUPP without.
    public borrowing func destroy(local: Endpoint, remote: Endpoint) throws(SocketError) {
        var request = DiagnosisRequest(family: local.address.family, flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
        request.header.nlmsg_type = UInt16(SOCK_DESTROY)
        request.body.id = inet_diag_sockid(local: local, remote: remote)
        try exchange(&request) { _ in }
    }

    /// `find` in a table opened for this one question.
    public static func find(local: Endpoint, remote: Endpoint) throws(SocketError) -> SocketEntry? {
        try SocketTable().find(local: local, remote: remote)
    }

    private borrowing func exchange(
        _ request: inout DiagnosisRequest, _ entry: (SocketEntry) -> Void
    ) throws(SocketError) {
        try systemCall(.send, on: descriptor, isTraced: false) {
            withUnsafeBytes(of: request) { Glibc.send(descriptor, $0.baseAddress, $0.count, 0) }
        }
        let isDump = request.header.nlmsg_flags & UInt16(NLM_F_ROOT) != 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 8)
        defer { buffer.deallocate() }
        while true {
            let count = try systemCall(.recv, on: descriptor, isTraced: false) {
                Glibc.recv(descriptor, buffer.baseAddress, buffer.count, 0)
            }
            var rest = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            while rest.count >= MemoryLayout<nlmsghdr>.size {
                let header = rest.loadUnaligned(as: nlmsghdr.self)
                let size = min(Int(header.nlmsg_len), rest.count)
                guard size >= MemoryLayout<nlmsghdr>.size else { return }
                let payload = UnsafeRawBufferPointer(
                    rebasing: rest[MemoryLayout<nlmsghdr>.size..<size])
                switch CInt(header.nlmsg_type) {
                case NLMSG_DONE: return
                case NLMSG_ERROR:
                    let number = -payload.loadUnaligned(as: CInt.self)
                    // An error that is none acknowledges the request (netlink(7), NLMSG_ERROR).
                    if number == 0 { return }
                    throw SocketError(.recv, Errno(rawValue: number), option: "sock_diag")
                default:
                    guard payload.count >= MemoryLayout<inet_diag_msg>.size else { return }
                    if let parsed = SocketEntry(payload.loadUnaligned(as: inet_diag_msg.self)) { entry(parsed) }
                    if !isDump { return }
                }
                let aligned = (Int(header.nlmsg_len) + 3) & ~3
                rest = UnsafeRawBufferPointer(rebasing: rest[min(aligned, rest.count)...])
            }
        }
    }
}

/// A sock_diag request as it goes over netlink: header and body without a gap.
private struct DiagnosisRequest {
    var header = nlmsghdr()
    var body = inet_diag_req_v2()

    init(family: IPAddress.Family, flags: UInt16) {
        header.nlmsg_len = UInt32(MemoryLayout<DiagnosisRequest>.size)
        header.nlmsg_type = UInt16(SOCK_DIAG_BY_FAMILY)
        header.nlmsg_flags = flags
        body.sdiag_family = UInt8(family.number)
        body.sdiag_protocol = UInt8(IPPROTO_TCP)
        body.idiag_states = ~0
        // No cookie: any socket with these ends will do (INET_DIAG_NOCOOKIE).
        body.id.idiag_cookie = (~0, ~0)
    }
}

extension inet_diag_sockid {
    fileprivate init(local: Endpoint, remote: Endpoint) {
        self.init()
        idiag_sport = local.port.bigEndian
        idiag_dport = remote.port.bigEndian
        store(local.address, at: \.idiag_src)
        store(remote.address, at: \.idiag_dst)
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
    fileprivate init?(_ message: inet_diag_msg) {
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
            return Endpoint(address, port: UInt16(bigEndian: port))
        }
        let timer = TimerKind(rawValue: message.idiag_timer).map {
            Timer(kind: $0, remaining: .milliseconds(message.idiag_expires))
        }
        self.init(
            local: endpoint(message.id.idiag_src, message.id.idiag_sport),
            remote: endpoint(message.id.idiag_dst, message.id.idiag_dport),
            state: state, timer: timer, retransmissions: Int(message.idiag_retrans),
            receiveQueue: Int(message.idiag_rqueue), sendQueue: Int(message.idiag_wqueue),
            user: message.idiag_uid, inode: message.idiag_inode)
    }
}
