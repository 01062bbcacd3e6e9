import ChatProtocol
import Foundation
import Glibc
import TCPSockets

/// Waits for descriptors on a thread of its own: a test that kept a thread of Swift's pool would keep it
/// from other tests.
func ready(_ awaited: [Awaited], within time: Duration = .seconds(20)) async throws -> Set<Int> {
    let deadline = ContinuousClock.now + time
    return try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Result { try wait(for: awaited, until: deadline) })
        }
    }
}

struct NothingCame: Error {}

/// One end of a connection in the hands of the test, which can do with it what a program would not.
final class Peer {
    enum Event: Equatable {
        case message(Message)
        case endOfStream
        case truncated
        case reset

        /// The code, if this is an error frame.
        var errorCode: ErrorCode? {
            if case .message(.error(let code, _)) = self { code } else { nil }
        }
    }

    private var socket: TCPSocket?
    let local: Endpoint
    let remote: Endpoint
    private var decoder: FrameDecoder

    init(_ socket: consuming TCPSocket, from sender: Role) throws {
        (local, remote) = try (socket.localEndpoint(), socket.remoteEndpoint())
        self.socket = consume socket
        decoder = FrameDecoder(from: sender, limit: Frame.highestLimit)
    }

    deinit {
        if let socket = socket.take() { try? socket.close() }
    }

    /// Connects to a server.
    ///
    /// - Parameter receiveBuffer: The size of the receive queue, before connect() announces its window.
    static func connect(
        to server: Endpoint, from local: Endpoint? = nil, receiveBuffer: CInt? = nil
    ) async throws -> Peer {
        let socket = try TCPSocket(.v4)
        do {
            if let receiveBuffer { setReceiveBuffer(socket.descriptor, receiveBuffer) }
            if let local { try socket.bind(to: local) }
            if try socket.connect(to: server) == .inProgress {
                _ = try await ready([.output(socket.descriptor)])
                if let errno = try socket.pendingError() { throw SocketError(.connect, errno, endpoint: server) }
            }
        } catch {
            try? socket.close()
            throw error
        }
        return try Peer(socket, from: .server)
    }

    func send(_ message: Message) async throws {
        try await send(Frame.bytes(of: message))
    }

    func send(_ bytes: [UInt8]) async throws {
        var rest = bytes[...]
        while let descriptor = socket?.descriptor {
            rest = try rest.dropFirst(socket?.send(rest) ?? 0)
            if rest.isEmpty { return }
            guard try await !ready([.output(descriptor)]).isEmpty else { throw NothingCame() }
        }
    }

    /// Writes what fits, and says how much that was.
    func sendWithoutWaiting(_ bytes: [UInt8]) throws -> Int {
        try socket?.send(bytes[...]) ?? 0
    }

    /// Whether more can be written, now or soon.
    func hasRoom(within time: Duration) async throws -> Bool {
        guard let descriptor = socket?.descriptor else { return false }
        return try await !ready([.output(descriptor)], within: time).isEmpty
    }

    /// The next thing that comes.
    func next(within time: Duration = .seconds(20)) async throws -> Event {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let deadline = ContinuousClock.now + time
        while let descriptor = socket?.descriptor {
            if let message = try decoder.next() { return .message(message) }
            do throws(SocketError) {
                switch try socket?.receive(into: &buffer) {
                case .bytes(let count): buffer[..<count].withUnsafeBytes { decoder.append($0) }
                case .endOfStream: return decoder.isAtBoundary ? .endOfStream : .truncated
                case .wouldBlock, nil:
                    let left = deadline - .now
                    guard try await !soon(.input(descriptor), left).isEmpty else { throw SocketError(.poll, .timedOut) }
                }
            } catch {
                if error.errno == .connectionReset { return .reset }
                throw error
            }
        }
        throw NothingCame()
    }

    private func soon(_ awaited: Awaited, _ time: Duration) async throws(SocketError) -> Set<Int> {
        (try? await ready([awaited], within: time)) ?? []
    }

    /// Asks, and returns what comes for it.
    func ask(_ question: String) async throws -> Event {
        try await send(.question(question))
        return try await next()
    }

    func shutdownSending() throws {
        try socket?.shutdownSending()
    }

    func close() throws {
        if let socket = socket.take() { try socket.close() }
    }

    /// Ends the connection with RST.
    func reset() throws {
        guard let socket = socket.take() else { return }
        try? socket.setLinger(seconds: 0)
        try socket.close()
    }

    var state: TCPState? { socket?.state }
}

private func setReceiveBuffer(_ descriptor: CInt, _ size: CInt) {
    var size = size
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
}
