import Foundation
import Glibc
import TCPSockets

/// HAProxy before two chat-servers, with the configuration that is kept for people.
struct Balancer {
    /// A side of HAProxy, on which `option nolinger` can be switched on.
    enum Side: String {
        case frontend = "NOLINGER_FRONTEND"
        case backend = "NOLINGER_BACKEND"
    }

    /// Who has an end of a connection.
    enum Holder: String {
        case client, balancer, server
    }

    let endpoint: Endpoint
    let servers: [Server]

    var port: String { "\(endpoint.port)" }

    /// Every socket of the client's connection and of the server's, with who has it.
    struct Sockets: Equatable {
        struct Held: Equatable {
            let holder: Holder
            let state: TCPState
        }

        var front: [Held] = []
        var back: [Held] = []
    }

    func sockets() throws -> Sockets {
        let ends = Set(servers.map(\.endpoint))
        var sockets = Sockets()
        try SocketTable().forEach { entry in
            if entry.state == .listen { return }
            if entry.remote == endpoint { sockets.front.append(.init(holder: .client, state: entry.state)) }
            if entry.local == endpoint { sockets.front.append(.init(holder: .balancer, state: entry.state)) }
            if ends.contains(entry.remote) { sockets.back.append(.init(holder: .balancer, state: entry.state)) }
            if ends.contains(entry.local) { sockets.back.append(.init(holder: .server, state: entry.state)) }
        }
        return sockets
    }
}

/// Runs HAProxy before two servers beside a test.
func withBalancer(
    _ arguments: [String], nolinger: [Balancer.Side] = [], body: (Balancer) async throws -> Void
) async throws {
    // Ephemeral ports might be shared with what is left of earlier connections.
    let ports = try (unusedPort(), unusedPort(), unusedPort())
    let endpoint = Endpoint(.loopbackV4, port: ports.0)
    let configuration = #filePath.components(separatedBy: "/Tests/")[0] + "/docs/balancer/haproxy.cfg"
    try await withServer(arguments + ["--port", "\(ports.1)"]) { one in
        try await withServer(arguments + ["--port", "\(ports.2)"]) { two in
            var environment = ["PORT": "\(endpoint.port)", "PORT_ONE": one.port, "PORT_TWO": two.port]
            for side in nolinger { environment[side.rawValue] = "1" }
            let command = ["haproxy", "-db", "-f", configuration]
            try await withProgram(command, environment: environment) { haproxy in
                try await eventually("HAProxy listens; it says: \(haproxy.errors.text)") {
                    try SocketTable().entries().contains { $0.state == .listen && $0.local == endpoint }
                }
                try await body(Balancer(endpoint: endpoint, servers: [one, two]))
                haproxy.signal(SIGTERM)
            }
        }
    }
}
