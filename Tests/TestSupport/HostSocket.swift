import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings

/// A socket on one of the laboratory's hosts, closed when it is let go.
///
/// One test uses it, one step after the other: hence unchecked.
final class HostSocket: @unchecked Sendable {
    private var socket: TCPSocket?
    private let descriptor: CInt

    fileprivate init(_ socket: consuming TCPSocket) {
        descriptor = socket.descriptor
        self.socket = consume socket
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

    func close(_ strategy: CloseStrategy = .active) throws {
        guard let socket = socket.take() else { throw Gone() }
        _ = try socket.close(strategy)
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        #expect(try use { try $0.send(bytes[...]) } == bytes.count)
    }

    /// Waits for as many bytes as a text has, and reads them.
    func receive(_ count: Int) async throws -> String {
        try await onThread { [self] in
            var text: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: count)
            while text.count < count {
                switch try use({ try $0.receive(into: &buffer, count: count - text.count) }) {
                case .bytes(let count): text += buffer[..<count]
                case .endOfStream: return String(decoding: text, as: UTF8.self) + "<end>"
                case .wouldBlock: try block(until: .input(descriptor))
                }
            }
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// What is there to be read now.
    func receiveNow() throws -> TCPSocket.Received {
        var buffer = [UInt8](repeating: 0, count: 100)
        return try use { try $0.receive(into: &buffer) }
    }

    /// Waits until it is readable: by data, an end or an error.
    func readable() async throws {
        try await onThread { [self] in try block(until: .input(descriptor)) }
    }

    fileprivate func finishConnecting(to endpoint: Endpoint) throws {
        guard try use({ try $0.connect(to: endpoint) }) == .inProgress else { return }
        try block(until: .output(descriptor))
        if let errno = try use({ try $0.pendingError() }) { throw SocketError(.connect, errno, endpoint: endpoint) }
    }

    fileprivate func block(until awaited: Awaited) throws {
        guard try wait(for: [awaited], until: .now + .seconds(20)) == [0] else {
            throw NotSeen(what: "\(awaited)", time: .seconds(20))
        }
    }
}

/// A socket was used after its end.
struct Gone: Error {}

extension Host {
    /// A socket that is bound to an address of this host, or to no address.
    func socket(_ family: IPAddress.Family = .v4, boundTo endpoint: Endpoint? = nil) async throws -> HostSocket {
        try await inside {
            let socket = HostSocket(try TCPSocket(family))
            if let endpoint { try socket.use { try $0.bind(to: endpoint) } }
            return socket
        }
    }

    func listener(_ family: IPAddress.Family = .v4, port: UInt16 = 7000) async throws -> HostSocket {
        let socket = try await socket(family, boundTo: Endpoint(address(family), port: port))
        try socket.use { try $0.listen() }
        return socket
    }

    /// Connects to an endpoint and waits until the handshake is over.
    func connect(to endpoint: Endpoint, from port: UInt16? = nil) async throws -> HostSocket {
        let local = port.map { Endpoint(address(endpoint.address.family), port: $0) }
        let socket = try await socket(endpoint.address.family, boundTo: local)
        try await onThread { try socket.finishConnecting(to: endpoint) }
        return socket
    }
}

/// A connection between the two hosts, made by hand.
struct HandMade: Sendable {
    let listener: HostSocket
    let client: HostSocket
    let server: HostSocket
    let connection: FourTuple
}

extension World {
    func makeConnection(_ family: IPAddress.Family = .v4) async throws -> HandMade {
        let listener = try await server.listener(family)
        let endpoint = Endpoint(server.address(family), port: 7000)
        let socket = try await client.connect(to: endpoint)
        let accepted = try await listener.accept()
        // What one call finds is sent at once, whatever is under way.
        for end in [socket, accepted] { try end.use { try $0.set(.noDelay, to: 1) } }
        let local = try socket.use { try $0.localEndpoint() }
        return HandMade(
            listener: listener, client: socket, server: accepted,
            connection: FourTuple(client: local, server: endpoint))
    }
}

extension HostSocket {
    func accept() async throws -> HostSocket {
        try await onThread { [self] in
            while true {
                var peer: Endpoint?
                let accepted = try use { listener throws -> HostSocket? in
                    guard let socket = try listener.accept(peer: &peer) else { return nil }
                    return HostSocket(socket)
                }
                if let accepted { return accepted }
                try block(until: .input(descriptor))
            }
        }
    }
}

extension Wire {
    /// Waits for a segment.
    func captured(_ what: String, where matches: @escaping @Sendable (CapturedSegment) -> Bool) async throws
        -> CapturedSegment
    {
        try await recording.until(what, within: .seconds(30)) { $0.segments.first(where: matches) }
    }

    /// What has crossed so far, and no delivery half done: a program may have a segment before it is noted that it was
    /// delivered, but nobody can look at a connection in between.
    var segments: [CapturedSegment] {
        get throws {
            let nobody = Endpoint(Side.client.address(.v4), port: 1)
            try look(at: FourTuple(client: nobody, server: nobody))
            return recording.read { $0.segments }
        }
    }
}

extension CapturedSegment {
    var text: String { String(decoding: segment.payload, as: UTF8.self) }
}

/// The states of both sides, for comparison.
struct Sides: Hashable {
    var client: TCPState
    var server: TCPState

    init(_ client: TCPState, _ server: TCPState) {
        (self.client, self.server) = (client, server)
    }

    init(_ states: SocketStates) {
        self.init(states.state(.client), states.state(.server))
    }
}
