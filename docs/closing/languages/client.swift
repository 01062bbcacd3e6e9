// How a client closes in Swift. Usage: client STRATEGY HOST PORT
import Glibc

func checked(_ call: String, _ result: Int) -> Int {
    guard result >= 0 else {
        perror(call)
        exit(1)
    }
    return result
}

// recv() returns 0 at the end of the stream: the peer's FIN.
func drain(_ peer: CInt) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while checked("recv", recv(peer, &buffer, buffer.count, 0)) > 0 {}
}

func set<T>(_ peer: CInt, _ name: CInt, _ value: T) {
    withUnsafePointer(to: value) {
        _ = checked("setsockopt", Int(setsockopt(peer, SOL_SOCKET, name, $0, socklen_t(MemoryLayout<T>.size))))
    }
}

let strategy = CommandLine.arguments[1]
var hints = addrinfo()
hints.ai_family = AF_INET
hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
var list: UnsafeMutablePointer<addrinfo>?
guard getaddrinfo(CommandLine.arguments[2], CommandLine.arguments[3], &hints, &list) == 0, let server = list?.pointee
else { exit(68) }
let peer = CInt(checked("socket", Int(socket(AF_INET, hints.ai_socktype, 0))))
if strategy == "explicit-port" {
    // Before bind(); the socket before this one must have had it too.
    set(peer, SO_REUSEADDR, CInt(1))
    var local = sockaddr_in()
    local.sin_family = sa_family_t(AF_INET)
    local.sin_port = in_port_t(5000).bigEndian
    withUnsafePointer(to: local) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            _ = checked("bind", Int(bind(peer, $0, socklen_t(MemoryLayout<sockaddr_in>.size))))
        }
    }
}
// Without bind(), connect() takes an ephemeral port.
_ = checked("connect", Int(connect(peer, server.ai_addr, server.ai_addrlen)))
_ = checked("send", send(peer, strategy + "\n", strategy.utf8.count + 1, 0))
var answer = [UInt8](repeating: 0, count: 64)
_ = checked("recv", recv(peer, &answer, answer.count, 0))

switch strategy {
case "passive": drain(peer)
case "reset": set(peer, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
default:
    _ = checked("shutdown", Int(shutdown(peer, CInt(SHUT_WR))))
    drain(peer)
}
_ = checked("close", Int(close(peer)))
