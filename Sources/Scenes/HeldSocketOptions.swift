import Glibc
import Recordings
import TCPSockets

/// Socket options that the chat has no use for (socket(7), tcp(7)).
extension HeldSocket {
    /// Probes a silent peer after a second, and once more after another.
    package func keepAlive() throws {
        try set("TCP_KEEPIDLE", CInt(IPPROTO_TCP), TCP_KEEPIDLE, to: 1)
        try set("TCP_KEEPINTVL", CInt(IPPROTO_TCP), TCP_KEEPINTVL, to: 1)
        try set("TCP_KEEPCNT", CInt(IPPROTO_TCP), TCP_KEEPCNT, to: 1)
        try set("SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, to: 1)
    }

    /// Limits how long data may stay unacknowledged.
    package func setUserTimeout(milliseconds: CInt) throws {
        try set("TCP_USER_TIMEOUT", CInt(IPPROTO_TCP), TCP_USER_TIMEOUT, to: milliseconds)
    }

    /// Limits how long the socket stays in FIN-WAIT-2 without an owner; a negative number asks for no time at all.
    package func setLinger2(_ seconds: CInt) throws {
        try set("TCP_LINGER2", CInt(IPPROTO_TCP), TCP_LINGER2, to: seconds)
    }

    private func set(_ name: String, _ level: CInt, _ option: CInt, to value: CInt) throws {
        _ = try use { socket in
            let result = withUnsafeBytes(of: value) {
                setsockopt(socket.descriptor, level, option, $0.baseAddress, socklen_t($0.count))
            }
            guard result == 0 else { throw LaboratoryError("setsockopt(\(name))", errno) }
        }
    }
}
