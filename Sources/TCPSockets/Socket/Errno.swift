internal import CLinux
internal import Glibc

/// An error number of the operating system, under the name that its manual pages use.
///
/// The corresponding C variable is `errno`.
public struct Errno: RawRepresentable, Hashable, Sendable {
    public let rawValue: CInt

    public init(rawValue: CInt) {
        self.rawValue = rawValue
    }

    /// The error of the last call that failed on this thread.
    static var current: Errno { Errno(rawValue: Glibc.errno) }

    public static var addressInUse: Errno { Errno(rawValue: EADDRINUSE) }
    public static var addressNotAvailable: Errno { Errno(rawValue: EADDRNOTAVAIL) }
    public static var already: Errno { Errno(rawValue: EALREADY) }
    public static var alreadyConnected: Errno { Errno(rawValue: EISCONN) }
    public static var badDescriptor: Errno { Errno(rawValue: EBADF) }
    public static var brokenPipe: Errno { Errno(rawValue: EPIPE) }
    public static var connectionAborted: Errno { Errno(rawValue: ECONNABORTED) }
    public static var connectionRefused: Errno { Errno(rawValue: ECONNREFUSED) }
    public static var connectionReset: Errno { Errno(rawValue: ECONNRESET) }
    public static var familyNotSupported: Errno { Errno(rawValue: EAFNOSUPPORT) }
    public static var hostUnreachable: Errno { Errno(rawValue: EHOSTUNREACH) }
    public static var inProgress: Errno { Errno(rawValue: EINPROGRESS) }
    public static var interrupted: Errno { Errno(rawValue: EINTR) }
    public static var invalidArgument: Errno { Errno(rawValue: EINVAL) }
    public static var networkDown: Errno { Errno(rawValue: ENETDOWN) }
    public static var networkUnreachable: Errno { Errno(rawValue: ENETUNREACH) }
    public static var noBufferSpace: Errno { Errno(rawValue: ENOBUFS) }
    public static var noEntry: Errno { Errno(rawValue: ENOENT) }
    public static var noMemory: Errno { Errno(rawValue: ENOMEM) }
    public static var notConnected: Errno { Errno(rawValue: ENOTCONN) }
    public static var notPermitted: Errno { Errno(rawValue: EPERM) }
    public static var permissionDenied: Errno { Errno(rawValue: EACCES) }
    public static var protocolError: Errno { Errno(rawValue: EPROTO) }
    public static var protocolOptionUnknown: Errno { Errno(rawValue: ENOPROTOOPT) }
    public static var timedOut: Errno { Errno(rawValue: ETIMEDOUT) }
    public static var tooManyOpenFiles: Errno { Errno(rawValue: EMFILE) }
    public static var tooManyOpenFilesInSystem: Errno { Errno(rawValue: ENFILE) }
    public static var wouldBlock: Errno { Errno(rawValue: EAGAIN) }

    /// The symbol, such as `EADDRINUSE`. The corresponding C function is `strerrorname_np` (glibc 2.32).
    public var name: String {
        strerrorname_np(rawValue).map { String(cString: $0) } ?? "errno \(rawValue)"
    }

    /// The number of a symbol; nil where the system has none of that name.
    public init?(name: String) {
        // The highest number of an error in Linux (include/linux/err.h, MAX_ERRNO).
        guard let number = (1...4095).first(where: { Errno(rawValue: $0).name == name }) else { return nil }
        self.init(rawValue: number)
    }

    /// The sentence, such as "Address already in use". The corresponding C function is `strerrordesc_np`.
    public var message: String {
        strerrordesc_np(rawValue).map { String(cString: $0) } ?? "Unknown error"
    }
}

extension Errno: CustomStringConvertible {
    public var description: String { "\(name) (\(message))" }
}
