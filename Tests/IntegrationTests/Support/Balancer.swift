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

    /// Every socket of the two connections, with who has it: of the client's and of the server's.
    func sockets() throws -> (front: [(holder: Holder, state: TCPState)], back: [(holder: Holder, state: TCPState)]) {
        let ends = Set(servers.map(\.endpoint))
        var (front, back): ([(Holder, TCPState)], [(Holder, TCPState)]) = ([], [])
        try SocketTable().forEach { entry in
            if entry.state == .listen { return }
            if entry.remote == endpoint { front.append((.client, entry.state)) }
            if entry.local == endpoint { front.append((.balancer, entry.state)) }
            if ends.contains(entry.remote) { back.append((.balancer, entry.state)) }
            if ends.contains(entry.local) { back.append((.server, entry.state)) }
        }
        return (front, back)
    }
}

/// Runs HAProxy before two servers beside a test.
func withBalancer(
    _ arguments: [String], nolinger: [Balancer.Side] = [], body: (Balancer) async throws -> Void
) async throws {
    let endpoint = Endpoint(.loopbackV4, port: try unusedPort())
    let configuration = #filePath.components(separatedBy: "/Tests/")[0] + "/docs/balancer/haproxy.cfg"
    try await withServer(arguments) { one in
        try await withServer(arguments) { two in
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
