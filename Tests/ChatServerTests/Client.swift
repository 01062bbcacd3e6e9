import ChatProtocol
import Glibc
import TCPSockets
import Testing

/// A listening socket on a free port, on its way to an acceptor.
final class ListeningSocket {
    private var socket: TCPSocket?
    let endpoint: Endpoint

    init() throws {
        let socket = try TCPSocket(.v4)
        do {
            try socket.bind(to: Endpoint(.loopbackV4, port: 0))
            try socket.listen()
            endpoint = try socket.localEndpoint()
        } catch {
            try? socket.close()
            throw error
        }
        self.socket = consume socket
    }

    deinit {
        if let socket = socket.take() { try? socket.close() }
    }

    func take() throws -> TCPSocket {
        guard let socket = socket.take() else { throw SocketError(.listen, Errno(rawValue: EBADF)) }
        return socket
    }
}

/// A client's end of a connection over the loopback address, for tests.
final class Client {
    private var socket: TCPSocket?
    private var decoder = FrameDecoder(from: .server)
    private(set) var hasEnded = false
    let endpoint: Endpoint

    init(to server: Endpoint) throws {
        let socket = try TCPSocket(.v4)
        do {
            if try socket.connect(to: server) == .inProgress {
                _ = try wait(for: [.output(socket.descriptor)], until: .now + .seconds(20))
                if let errno = try socket.pendingError() { throw SocketError(.connect, errno, endpoint: server) }
            }
            endpoint = try socket.localEndpoint()
        } catch {
            try? socket.close()
            throw error
        }
        self.socket = consume socket
    }

    deinit {
        close()
    }

    func send(_ message: Message) throws {
        let bytes = Frame.bytes(of: message)
        #expect(try socket?.send(bytes[...]) == bytes.count)
    }

    func shutdownSending() throws {
        try socket?.shutdownSending()
    }

    /// What has come from the server.
    func received() throws -> [Message] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var messages: [Message] = []
        while true {
            switch try socket?.receive(into: &buffer) {
            case .bytes(let count): buffer[..<count].withUnsafeBytes { decoder.append($0) }
            case .endOfStream:
                hasEnded = true
                return messages
            case .wouldBlock, nil: return messages
            }
            while let message = try decoder.next() { messages.append(message) }
        }
    }

    func close() {
        if let socket = socket.take() { try? socket.close() }
    }
}
