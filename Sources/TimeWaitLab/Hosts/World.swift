/// Two hosts and the wire between them.
public final class World: Sendable {
    public let client: Host
    public let server: Host
    public let wire: Wire

    /// Makes both hosts, with the same kernel parameters.
    ///
    /// - Parameter sysctls: Such as `["net.ipv4.tcp_timestamps": "0"]`.
    /// - Throws: `LaboratoryError`.
    public init(sysctls: [String: String] = [:]) async throws {
        client = try await Host(.client)
        server = try await Host(.server)
        for (name, value) in sysctls {
            try await client.set(name, to: value)
            try await server.set(name, to: value)
        }
        wire = try Wire(between: client, and: server)
    }

    deinit {
        wire.stop()
    }

    public subscript(side: Side) -> Host { side == .client ? client : server }
}
