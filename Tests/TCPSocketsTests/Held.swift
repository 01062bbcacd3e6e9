import TCPSockets
import Testing

/// A socket that is closed when it is let go, so that a failing test does not fall into the trap for leaks.
final class Held {
    private var socket: TCPSocket?
    let descriptor: CInt

    init(_ socket: consuming TCPSocket) {
        descriptor = socket.descriptor
        self.socket = consume socket
    }

    convenience init(_ family: IPAddress.Family = .v4) throws {
        self.init(try TCPSocket(family))
    }

    /// A socket that is bound to a free port of the loopback address, or to one of its own.
    convenience init(boundTo endpoint: Endpoint, reuseAddress: Bool = false) throws {
        try self.init(endpoint.address.family)
        try use {
            if reuseAddress { try $0.set(.reuseAddress, to: 1) }
            try $0.bind(to: endpoint)
        }
    }

    deinit {
        if let socket = socket.take() { try? socket.close() }
    }

    func use<R: ~Copyable>(_ body: (borrowing TCPSocket) throws -> R) throws -> R {
        switch socket {
        case .some(let socket): return try body(socket)
        case .none: throw Gone()
        }
    }

    /// Hands over the socket, which is the receiver's to close.
    func release() throws -> TCPSocket {
        guard let socket = socket.take() else { throw Gone() }
        return socket
    }

    func close() throws {
        try release().close()
    }

    func close(_ strategy: CloseStrategy, times: CloseTimes = CloseTimes(), interrupter: Interrupter = .never) throws
        -> Closing
    {
        try release().close(strategy, times: times, interrupter: interrupter)
    }

    var localEndpoint: Endpoint { get throws { try use { try $0.localEndpoint() } } }
    var state: TCPState? { get throws { try use { $0.state } } }

    /// Connects and waits until the handshake is over.
    func connect(to endpoint: Endpoint) throws {
        guard try use({ try $0.connect(to: endpoint) }) == .inProgress else { return }
        try #require(try wait(for: [.output(descriptor)], until: soon) == [0])
        if let errno = try use({ try $0.pendingError() }) { throw SocketError(.connect, errno, endpoint: endpoint) }
    }

    /// Sends a text that fits into the send queue.
    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        let sent = try use { try $0.send(bytes[...]) }
        try #require(sent == bytes.count)
    }

    /// Waits until so many bytes have arrived, and leaves them in the receive queue.
    func awaitArrival(of count: Int) throws {
        var buffer = [UInt8](repeating: 0, count: count)
        while try use({ try $0.receive(into: &buffer, peek: true) }) != .bytes(count) {
            try #require(try wait(for: [.input(descriptor)], until: soon) == [0])
        }
    }

    /// Reads to the end of the stream, whichever end that is.
    func readToEnd() throws -> (text: String, end: StreamEnd) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            do {
                switch try use({ try $0.receive(into: &buffer) }) {
                case .bytes(let count): bytes += buffer[..<count]
                case .endOfStream: return (String(decoding: bytes, as: UTF8.self), .fin)
                case .wouldBlock: try #require(try wait(for: [.input(descriptor)], until: soon) == [0])
                }
            } catch let error as SocketError {
                guard error.errno == .connectionReset else { throw error }
                return (String(decoding: bytes, as: UTF8.self), .reset)
            }
        }
    }
}

/// How the stream of a peer ended.
enum StreamEnd: Hashable, Sendable {
    /// recv() returned 0.
    case fin
    /// recv() failed with ECONNRESET.
    case reset
}

/// A socket was used after its release.
struct Gone: Error {}

/// When to give up on something that happens at once on a machine that is not overloaded.
var soon: ContinuousClock.Instant { .now + .seconds(20) }
