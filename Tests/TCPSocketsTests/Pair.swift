import Glibc
import TCPSockets
import Testing

/// A listener and one connection to it, both sides in this process. Whatever a test leaves open is closed.
final class Pair {
    let listener: Listener
    let client: Held
    let server: Held
    let clientEnd: Endpoint
    let serverEnd: Endpoint

    /// - Parameter prepare: What is done to the client before it connects.
    init(_ family: IPAddress.Family = .v4, prepare: (Held) throws -> Void = { _ in }) throws {
        listener = try Listener(family)
        client = try Held(family)
        try prepare(client)
        try client.connect(to: listener.endpoint)
        server = try listener.acceptNext()
        clientEnd = try client.localEndpoint
        serverEnd = listener.endpoint
    }

    /// The states of the two sides now.
    var states: Sides {
        get throws {
            Sides(
                client: try SocketTable.find(local: clientEnd, remote: serverEnd)?.state,
                server: try SocketTable.find(local: serverEnd, remote: clientEnd)?.state)
        }
    }

    /// Waits until the kernel has these states, and returns what it has when it gave up or had them.
    ///
    /// The table has no event to wait for.
    func states(settledAt expected: Sides) throws -> Sides {
        let deadline = soon
        var states = try states
        while states != expected, ContinuousClock.now < deadline {
            usleep(1000)
            states = try self.states
        }
        return states
    }
}

/// The state of each side of a connection, nil where the kernel keeps nothing.
struct Sides: Hashable, Sendable {
    var client: TCPState?
    var server: TCPState?

    static let none = Sides()
}

/// A socket that listens on a free port of the loopback address.
final class Listener {
    private let held: Held
    let endpoint: Endpoint

    init(_ family: IPAddress.Family = .v4, backlog: Int = 16) throws {
        held = try Held(boundTo: .anyPort(family))
        try held.use { try $0.listen(backlog: backlog) }
        endpoint = try held.localEndpoint
    }

    var descriptor: CInt { held.descriptor }

    /// Waits for the next connection.
    func acceptNext() throws -> Held {
        try #require(try wait(for: [.input(descriptor)], until: soon) == [0])
        var peer: Endpoint?
        return try held.use {
            guard let socket = try $0.accept(peer: &peer) else { throw Gone() }
            return Held(socket)
        }
    }

    /// Takes the next connection if there is one, with the address of its peer.
    func acceptWaiting() throws -> (Held, Endpoint?)? {
        var peer: Endpoint?
        return try held.use {
            guard let socket = try $0.accept(peer: &peer) else { return nil }
            return (Held(socket), peer)
        }
    }
}

extension Endpoint {
    /// Any free port of the loopback address.
    static func anyPort(_ family: IPAddress.Family = .v4) -> Endpoint {
        Endpoint(family == .v4 ? .loopbackV4 : .loopbackV6, port: 0)
    }
}

extension IPAddress.Family {
    /// The families that this machine has on its loopback interface.
    static let here = allCases.filter { (try? Held(boundTo: .anyPort($0))) != nil }
}
