package import TCPSockets
import Text

extension SocketOwner {
    /// Such as `chat-server (process 12)`; the program's name in a form in which it cannot drive a terminal.
    package var inWords: String { "\(visible(name)) (process \(process)\(isStopped ? ", stopped" : ""))" }

    /// Such as `1 other process`.
    var othersInWords: String { "\(others) other process\(others == 1 ? "" : "es")" }
}
