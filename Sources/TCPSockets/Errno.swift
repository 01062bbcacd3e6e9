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

    public static let addressInUse = Errno(rawValue: EADDRINUSE)
    public static let addressNotAvailable = Errno(rawValue: EADDRNOTAVAIL)
    public static let badDescriptor = Errno(rawValue: EBADF)
    public static let brokenPipe = Errno(rawValue: EPIPE)
    public static let connectionAborted = Errno(rawValue: ECONNABORTED)
    public static let connectionRefused = Errno(rawValue: ECONNREFUSED)
    public static let connectionReset = Errno(rawValue: ECONNRESET)
    public static let hostUnreachable = Errno(rawValue: EHOSTUNREACH)
    public static let inProgress = Errno(rawValue: EINPROGRESS)
    public static let interrupted = Errno(rawValue: EINTR)
    public static let networkUnreachable = Errno(rawValue: ENETUNREACH)
    public static let noEntry = Errno(rawValue: ENOENT)
    public static let noMemory = Errno(rawValue: ENOMEM)
    public static let notConnected = Errno(rawValue: ENOTCONN)
    public static let notPermitted = Errno(rawValue: EPERM)
    public static let permissionDenied = Errno(rawValue: EACCES)
    public static let protocolOptionUnknown = Errno(rawValue: ENOPROTOOPT)
    public static let timedOut = Errno(rawValue: ETIMEDOUT)
    public static let tooManyOpenFiles = Errno(rawValue: EMFILE)
    public static let tooManyOpenFilesInSystem = Errno(rawValue: ENFILE)
    public static let wouldBlock = Errno(rawValue: EAGAIN)

    /// The symbol, such as `EADDRINUSE`. The corresponding C function is `strerrorname_np` (glibc 2.32).
    public var name: String {
        strerrorname_np(rawValue).map { String(cString: $0) } ?? "errno \(rawValue)"
    }

    /// The sentence, such as "Address already in use". The corresponding C function is `strerrordesc_np`.
    public var message: String {
        strerrordesc_np(rawValue).map { String(cString: $0) } ?? "Unknown error"
    }
}

extension Errno: CustomStringConvertible {
    public var description: String { "\(name) (\(message))" }
}
