import ChatProtocol
import TCPSockets

/// Why a client is not let in.
struct Refusal: Equatable {
    let code: ErrorCode
    let reason: String

    static let noDescriptor = Refusal(code: .busy, reason: "the server has no descriptor left")

    /// Says so, as far as the socket takes it at once, and closes.
    ///
    /// - Parameter scratch: Holds for a moment what the client has sent.
    func send(on socket: consuming TCPSocket, _ scratch: UnsafeMutableRawBufferPointer) {
        let frame = Frame.bytes(of: .error(code, reason))
        _ = try? socket.send(frame[...])
        try? socket.shutdownSending()
        // What has come already must not turn the close into a RST, which would destroy the frame.
        _ = try? socket.receive(into: scratch)
        try? socket.close()
    }
}
