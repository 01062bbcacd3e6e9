package import Bench
import Synchronization
package import TCPSockets

/// A socket of the laboratory's own on a host, which stays open until it is closed, whichever task holds it.
package final class HeldSocket: Sendable {
    private let descriptor: Mutex<CInt?>

    package init(_ socket: consuming TCPSocket) {
        descriptor = Mutex(socket.descriptor)
        socket.abandon()
    }

    /// Makes a socket on a host, binds it, and has something done with it, such as listen() or connect().
    package convenience init(
        on host: Host, _ local: Endpoint, _ body: @escaping @Sendable (borrowing TCPSocket) throws -> Void
    ) async throws {
        self.init(
            TCPSocket(
                owning: try await host.inside {
                    let socket = try TCPSocket(local.address.family)
                    do {
                        try socket.bind(to: local)
                        try body(socket)
                    } catch {
                        try? socket.close()
                        throw error
                    }
                    let descriptor = socket.descriptor
                    socket.abandon()
                    return descriptor
                }))
    }

    /// Binds and begins to dial.
    package convenience init(on host: Host, _ local: Endpoint, dialling remote: Endpoint) async throws {
        try await self.init(on: host, local) { _ = try $0.connect(to: remote) }
    }

    deinit {
        try? close()
    }

    /// Does something with the socket; nil where it is closed.
    package func use<R: Sendable>(_ body: (borrowing TCPSocket) throws -> R) throws -> R? {
        try descriptor.withLock { descriptor in
            guard let descriptor else { return nil }
            let socket = TCPSocket(owning: descriptor)
            let result = Result { try body(socket) }
            socket.abandon()
            return try result.get()
        }
    }

    /// - Throws: What close() failed with.
    package func close() throws {
        guard let descriptor = descriptor.withLock({ $0.take() }) else { return }
        try closeBetweenStarts(descriptor)
    }
}
