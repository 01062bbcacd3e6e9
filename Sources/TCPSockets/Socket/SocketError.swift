/// A system call that failed: which one, on what, and with which error number.
public struct SocketError: Error, Hashable {
    public let call: SystemCall
    public let errno: Errno
    /// The socket option concerned, for `setsockopt` and `getsockopt`.
    public let option: String?
    /// The address concerned, for `bind` and `connect`.
    public let endpoint: Endpoint?

    public init(_ call: SystemCall, _ errno: Errno, option: String? = nil, endpoint: Endpoint? = nil) {
        self.call = call
        self.errno = errno
        self.option = option
        self.endpoint = endpoint
    }
}

extension SocketError: CustomStringConvertible {
    /// One line, such as `bind 127.0.0.1:50001: EADDRINUSE (Address already in use)`.
    public var description: String {
        var words = call.rawValue
        if let option { words += " \(option)" }
        if let endpoint { words += " \(endpoint)" }
        return "\(words): \(errno)"
    }
}
