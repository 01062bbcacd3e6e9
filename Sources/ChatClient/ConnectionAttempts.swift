import TCPSockets

/// The addresses of the server, each tried until one connects. The time for it, from the look-up of the name on, is shared
/// out among the addresses that are left.
struct ConnectionAttempts {
    private let host: String
    private let bind: BindMode
    private let interrupter: Interrupter
    private let addresses: [Endpoint]
    private let deadline: ContinuousClock.Instant

    /// Looks up the name.
    ///
    /// - Throws: `UnknownHost`, `LookupTimedOut`, `UsageError`, `WaitInterrupted`; `SocketError`.
    init(_ configuration: ClientConfiguration, interrupter: Interrupter) throws {
        host = configuration.host
        bind = configuration.bind
        self.interrupter = interrupter
        deadline = ContinuousClock.now + configuration.connectTimeout
        let endpoints = try Resolver.resolve(
            configuration.host, port: configuration.port, until: deadline, interrupter: interrupter)
        // A local address decides the family.
        let family = configuration.bind.address?.family
        addresses = endpoints.filter { family == nil || $0.address.family == family }
        guard !addresses.isEmpty else {
            throw UsageError("\(host) has no address of the family of --local-address; change one of the two")
        }
    }

    /// - Parameter connect: Opens a connection to one address.
    /// - Throws: `AddressDiagnosis`, where bind() or connect() failed, or `AllAddressesFailed`, where they did so for several
    ///   addresses; anything else that `connect` throws, at once.
    func first(_ connect: (ConnectionAttempt) throws -> ServerConnection) throws -> ServerConnection {
        var failures: [AddressDiagnosis] = []
        for (number, address) in addresses.enumerated() {
            let now = ContinuousClock.now
            let end = now + (deadline - now) / (addresses.count - number)
            do {
                return try connect(ConnectionAttempt(to: address, bind, until: end, interrupter: interrupter))
            } catch let error as AddressDiagnosis {
                failures.append(error)
            }
        }
        throw failures.count == 1 ? failures[0] : AllAddressesFailed(host: host, failures: failures)
    }
}
