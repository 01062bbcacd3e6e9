internal import CLinux
internal import Glibc

/// A socket option with an integer value (socket(7), ip(7), tcp(7)).
public struct SocketOption: Hashable, Sendable {
    /// The name of the C constant.
    public let name: String
    let level: CInt
    let number: CInt

    private init(_ name: String, _ level: CInt, _ number: CInt) {
        self.name = name
        self.level = level
        self.number = number
    }

    /// Lets bind() take an address whose other sockets all set this option too and none of which listens.
    public static let reuseAddress = SocketOption("SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR)
    /// Sends small segments at once instead of gathering them (RFC 9293 section 3.7.4, Nagle).
    public static let noDelay = SocketOption("TCP_NODELAY", CInt(IPPROTO_TCP), TCP_NODELAY)
    /// Makes bind() with port 0 fix the address only and leaves the port to connect() (Linux 4.2, ip(7)).
    public static let bindAddressNoPort = SocketOption(
        "IP_BIND_ADDRESS_NO_PORT", CInt(IPPROTO_IP), CInt(IP_BIND_ADDRESS_NO_PORT))
    /// Narrows the ephemeral ports of one socket: low in the lower, high in the upper 16 bits (Linux 6.3; carried
    /// back to 6.1.32).
    public static let localPortRange = SocketOption(
        "IP_LOCAL_PORT_RANGE", CInt(IPPROTO_IP), CInt(IP_LOCAL_PORT_RANGE))
    /// The error that waits in the socket, cleared by reading it.
    public static let error = SocketOption("SO_ERROR", SOL_SOCKET, SO_ERROR)
    /// The size of the receive queue; the kernel doubles what is set (socket(7)).
    public static let receiveBuffer = SocketOption("SO_RCVBUF", SOL_SOCKET, SO_RCVBUF)
    /// The size of the send queue; the kernel doubles what is set (socket(7)).
    public static let sendBuffer = SocketOption("SO_SNDBUF", SOL_SOCKET, SO_SNDBUF)
}

extension SocketOption {
    /// A value as the trace shows it: an error by its name.
    fileprivate func argument(_ value: CInt) -> TraceArgument {
        self == .error && value != 0
            ? TraceArgument("value", Errno(rawValue: value).name) : TraceArgument("value", Int(value))
    }
}

/// An option that the kernel accepted and then did not have.
public struct OptionNotTaken: Error, CustomStringConvertible {
    public let option: String
    public let set: String
    public let found: String

    public var description: String { "setsockopt \(option): set to \(set), but the kernel reads back \(found)" }
}

extension TCPSocket {
    /// Sets an option and reads it back.
    ///
    /// The corresponding C functions are `setsockopt` and `getsockopt`.
    ///
    /// - Throws: `SocketError`; `OptionNotTaken` where the kernel has something else afterwards.
    public borrowing func set(_ option: SocketOption, to value: CInt) throws {
        try systemCall(
            .setsockopt, on: descriptor, option: option.name,
            arguments: [.init("option", option.name), .init("value", Int(value))]
        ) {
            withUnsafeBytes(of: value) { bytes in
                Int(setsockopt(descriptor, option.level, option.number, bytes.baseAddress, socklen_t(bytes.count)))
            }
        }
        let found = try get(option)
        guard found == value else {
            throw OptionNotTaken(option: option.name, set: "\(value)", found: "\(found)")
        }
    }

    /// Reads an option. The corresponding C function is `getsockopt`.
    public borrowing func get(_ option: SocketOption) throws(SocketError) -> CInt {
        var value: CInt = 0
        try systemCall(
            .getsockopt, on: descriptor, option: option.name,
            arguments: [.init("option", option.name), option.argument(value)]
        ) {
            var length = socklen_t(MemoryLayout<CInt>.size)
            return Int(getsockopt(descriptor, option.level, option.number, &value, &length))
        }
        return value
    }

    /// The error that the socket keeps for its owner, such as why a connect() in progress failed.
    public borrowing func pendingError() throws(SocketError) -> Errno? {
        let number = try get(.error)
        return number == 0 ? nil : Errno(rawValue: number)
    }

    /// Sets what close() does with data that is not yet acknowledged (socket(7), SO_LINGER).
    ///
    /// - Parameter seconds: nil for the default, in which close() returns at once and the kernel goes on
    ///   in the background; 0 for a RST; more to wait in close() for at most so many seconds.
    public borrowing func setLinger(seconds: Int?) throws {
        var value = linger(l_onoff: seconds == nil ? 0 : 1, l_linger: CInt(seconds ?? 0))
        let words = "{\(value.l_onoff), \(value.l_linger)}"
        let size = socklen_t(MemoryLayout<linger>.size)
        try systemCall(
            .setsockopt, on: descriptor, option: "SO_LINGER",
            arguments: [.init("option", "SO_LINGER"), .init("value", words)]
        ) {
            Int(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &value, size))
        }
        var found = linger()
        try systemCall(
            .getsockopt, on: descriptor, option: "SO_LINGER",
            arguments: [.init("option", "SO_LINGER"), .init("value", "{\(found.l_onoff), \(found.l_linger)}")]
        ) {
            var length = size
            return Int(getsockopt(descriptor, SOL_SOCKET, SO_LINGER, &found, &length))
        }
        guard found.l_onoff == value.l_onoff, seconds == nil || found.l_linger == value.l_linger else {
            throw OptionNotTaken(
                option: "SO_LINGER", set: words, found: "{\(found.l_onoff), \(found.l_linger)}")
        }
    }
}
