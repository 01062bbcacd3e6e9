import Glibc
import TCPSockets

/// A socket that came from systemd, and is of no use.
package struct ActivationError: Error, CustomStringConvertible {
    package let description: String
}

/// Takes over the listening socket that systemd has opened for this process, where there is one.
///
/// The protocol is that of sd_listen_fds(3): LISTEN_PID is this process, LISTEN_FDS how many descriptors there are, from 3 on.
///
/// - Throws: `ActivationError`; `SocketError`, `OptionNotTaken`.
func takeActivatedListener() throws -> TCPSocket? {
    defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
    guard let process = try number("LISTEN_PID"), let count = try number("LISTEN_FDS") else { return nil }
    guard process == Int(getpid()), count > 0 else { return nil }
    guard count == 1 else {
        throw ActivationError(description: "systemd passed \(count) sockets; a server takes one (ListenStream=)")
    }
    let descriptor: CInt = 3
    guard option(SO_TYPE, of: descriptor) == CInt(SOCK_STREAM.rawValue),
        [AF_INET, AF_INET6].contains(option(SO_DOMAIN, of: descriptor)), option(SO_ACCEPTCONN, of: descriptor) == 1
    else {
        throw ActivationError(
            description: "systemd passed no listening TCP socket; use ListenStream= with a port, and Accept=no")
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    let socket = TCPSocket(owning: descriptor)
    do {
        try socket.set(.noDelay, to: 1)
    } catch {
        try? socket.close()
        throw error
    }
    return socket
}

/// - Throws: `ActivationError`, where the variable is set to what is no number.
private func number(_ variable: String) throws -> Int? {
    guard let text = getenv(variable).map({ String(cString: $0) }) else { return nil }
    guard let number = Int(text), number >= 0 else {
        throw ActivationError(description: "\(variable) is \"\(text)\", not a number; systemd sets it")
    }
    return number
}

private func option(_ name: CInt, of descriptor: CInt) -> CInt {
    var value: CInt = -1
    var size = socklen_t(MemoryLayout<CInt>.size)
    return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : -1
}
