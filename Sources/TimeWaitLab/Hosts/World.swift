/// Two hosts and the wire between them.
public final class World: Sendable {
    public let client: Host
    public let server: Host
    public let wire: Wire

    /// Makes both hosts, with the same kernel parameters.
    ///
    /// - Parameters:
    ///   - sysctls: Such as `["net.ipv4.tcp_timestamps": "0"]`.
    ///   - mtu: The largest packet, in bytes.
    /// - Throws: `LaboratoryError`.
    public init(sysctls: [String: String] = [:], mtu: Int = 1500) async throws {
        client = try await Host(.client, mtu: mtu)
        server = try await Host(.server, mtu: mtu)
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
