internal import CLinux
internal import Glibc
internal import Synchronization

/// The kernel's own list of the TCP sockets of a network namespace: the one in which it was opened.
///
/// It is asked over netlink, in binary (sock_diag(7)), and not by reading `/proc/net/tcp`: one connection can
/// be looked up without reading all, the timers come in milliseconds, and bound sockets are shown.
///
/// Several threads may ask: one after the other, lest one of them take the other's answer and leave it to wait for ever.
public struct SocketTable: ~Copyable, Sendable {
    private let descriptor: CInt
    /// Held from a question to the end of its answer.
    private let turn = Mutex(())

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
        try forEach { entries.append($0) }
        return entries
    }

    /// Hands over the same sockets one by one, and keeps none.
    ///
    /// - Parameters:
    ///   - states: Which are wanted; the kernel passes over the others.
    ///   - body: Is given each of them.
    public borrowing func forEach(
        in states: Set<TCPState>? = nil, _ body: (SocketEntry) -> Void
    ) throws(SocketError) {
        try dump(states, extensions: 0) { message in
            if let entry = SocketEntry(message: message) { body(entry) }
        }
    }

    /// Hands over sockets one by one, each with what its kernel remembers of its traffic, where it does: for TIME-WAIT, a
    /// listener, or a handshake there is nothing.
    public borrowing func forEachWithTimes(
        in states: Set<TCPState>? = nil, _ body: (SocketEntry, SocketTimes?) -> Void
    ) throws(SocketError) {
        // The bit of INET_DIAG_INFO (include/uapi/linux/inet_diag.h, idiag_ext).
        try dump(states, extensions: 1 << UInt8(INET_DIAG_INFO - 1)) { message in
            guard let entry = SocketEntry(message: message) else { return }
            // A listener's tcp_info is all zeros (net/ipv4/tcp.c, tcp_get_info).
            body(entry, entry.state == .listen ? nil : SocketTimes(message: message))
        }
    }

    /// Every UDP socket over IPv4 and IPv6. The kernel writes ESTABLISHED for one that is connected, CLOSED for the others.
    public borrowing func datagramEntries() throws(SocketError) -> [SocketEntry] {
        var entries: [SocketEntry] = []
        try dump(nil, extensions: 0, protocolNumber: IPPROTO_UDP) { message in
            if let entry = SocketEntry(message: message) { entries.append(entry) }
        }
        return entries
    }

    private borrowing func dump(
        _ states: Set<TCPState>?, extensions: UInt8, protocolNumber: Int = IPPROTO_TCP,
        _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(SocketError) {
        for family in IPAddress.Family.allCases {
            var request = DiagnosisRequest(
                family: family, flags: UInt16(NLM_F_REQUEST | NLM_F_ROOT | NLM_F_MATCH), protocolNumber: protocolNumber)
            request.body.idiag_ext = extensions
            if let states { request.body.idiag_states = states.reduce(0) { $0 | $1.kernelMask } }
            try exchange(&request, body)
        }
    }

    /// The socket of one connection, or nil where the kernel keeps none (any more).
    ///
    /// - Parameters:
    ///   - local: This end.
    ///   - remote: The other end.
    ///   - orListener: Whether a listener of the local port will do where there is no connection: it is what a segment
    ///     of that connection would meet.
    public borrowing func find(
        local: Endpoint, remote: Endpoint, orListener: Bool = false
    ) throws(SocketError) -> SocketEntry? {
        var request = DiagnosisRequest(family: local.address.family, flags: UInt16(NLM_F_REQUEST))
        request.body.id = inet_diag_sockid(local: local, remote: remote)
        var found: SocketEntry?
        do {
            try exchange(&request) { found = SocketEntry(message: $0) }
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
        _ request: inout DiagnosisRequest, _ message: (UnsafeRawBufferPointer) -> Void
    ) throws(SocketError) {
        try turn.withLock { _ throws(SocketError) in try exchangeInTurn(&request, message) }
    }

    private borrowing func exchangeInTurn(
        _ request: inout DiagnosisRequest, _ message: (UnsafeRawBufferPointer) -> Void
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
            let answer = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            if try DiagnosisAnswer.read(answer, isDump: isDump, message) { return }
        }
    }
}
