internal import CLinux
internal import Glibc

/// What the kernel answers to a sock_diag request: datagrams of messages, each with a header (netlink(7)).
enum DiagnosisAnswer {
    /// Hands over the sockets of one datagram: an inet_diag_msg, and attributes behind it.
    ///
    /// - Parameter isDump: Whether many sockets were asked for: their end is a message of its own.
    /// - Returns: Whether the answer ends here.
    /// - Throws: `SocketError` with the error that the kernel answers, or with EBADMSG for a message that its length or its
    ///   type belies. Messages before it have been handed over.
    static func read(
        _ datagram: UnsafeRawBufferPointer, isDump: Bool, _ message: (UnsafeRawBufferPointer) -> Void
    ) throws(SocketError) -> Bool {
        var rest = datagram
        while rest.count >= MemoryLayout<nlmsghdr>.size {
            let header = rest.loadUnaligned(as: nlmsghdr.self)
            let size = Int(header.nlmsg_len)
            guard (MemoryLayout<nlmsghdr>.size...rest.count).contains(size) else { throw damaged }
            let payload = UnsafeRawBufferPointer(rebasing: rest[MemoryLayout<nlmsghdr>.size..<size])
            switch CInt(header.nlmsg_type) {
            case NLMSG_DONE: return true
            case NLMSG_ERROR:
                guard payload.count >= MemoryLayout<CInt>.size else { throw damaged }
                let number = payload.loadUnaligned(as: CInt.self)
                // An error that is none acknowledges the request (netlink(7), NLMSG_ERROR).
                if number == 0 { return true }
                guard (.min + 1..<0).contains(number) else { throw damaged }
                throw SocketError(.recv, Errno(rawValue: -number), option: "sock_diag")
            default:
                guard payload.count >= MemoryLayout<inet_diag_msg>.size else { throw damaged }
                message(payload)
                if !isDump { return true }
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[min((size + 3) & ~3, rest.count)...])
        }
        return false
    }

    private static var damaged: SocketError {
        SocketError(.recv, Errno(rawValue: EBADMSG), option: "sock_diag")
    }
}
