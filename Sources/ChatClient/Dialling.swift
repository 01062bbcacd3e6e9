internal import TCPSockets

/// Opens the connection: socket → bind → connect.
struct Dialling {
    private let configuration: ClientConfiguration
    private let interrupter: Interrupter
    /// Both ends of the connection, once there is one.
    private(set) var ends: (local: Endpoint, remote: Endpoint)?

    init(_ configuration: ClientConfiguration, interrupter: Interrupter) {
        self.configuration = configuration
        self.interrupter = interrupter
    }

    /// Tries each address of the host until one connects. The time for it, from the look-up of the name on, is shared out
    /// among the addresses that are left.
    ///
    /// - Throws: `UnknownHost`, `LookupTimedOut`; `AddressDiagnosis`, where bind() or connect() failed; `SocketError`,
    ///   `OptionNotTaken`; `WaitInterrupted`.
    mutating func dial() throws -> TCPSocket {
        let deadline = ContinuousClock.now + configuration.connectTimeout
        let endpoints = try Resolver.resolve(
            configuration.host, port: configuration.port, until: deadline, interrupter: interrupter)
        // A local address decides the family.
        let family = configuration.bind.address?.family
        let candidates = endpoints.filter { family == nil || $0.address.family == family }
        guard let last = candidates.last else {
            throw UsageError("\(configuration.host) has no address of the family of --local-address; give one that has")
        }
        for (number, endpoint) in candidates.dropLast().enumerated() {
            let now = ContinuousClock.now
            do {
                return try connect(to: endpoint, until: now + (deadline - now) / (candidates.count - number))
            } catch let error as AddressDiagnosis where error.error.call == .connect {
                continue
            }
        }
        return try connect(to: last, until: deadline)
    }

    private mutating func connect(
        to remote: Endpoint, until deadline: ContinuousClock.Instant
    ) throws -> TCPSocket {
        let socket = try TCPSocket(remote.address.family)
        do {
            try socket.bind(configuration.bind, family: remote.address.family)
            if try socket.connect(to: remote) == .inProgress {
                try awaitConnection(of: socket, to: remote, until: deadline)
            }
            let local = try socket.localEndpoint()
            if local == remote { throw AddressDiagnosis(connectedToItself: remote) }
            ends = (local, remote)
        } catch {
            // Read before close(), which would free the port that the reading is about.
            let diagnosis = explain(error, remote)
            try? socket.close()
            throw diagnosis
        }
        return socket
    }

    private func awaitConnection(
        of socket: borrowing TCPSocket, to remote: Endpoint, until deadline: ContinuousClock.Instant
    ) throws {
        switch try interrupter.wait(for: .output(socket.descriptor), until: deadline) {
        case .interrupted: throw WaitInterrupted()
        case .timedOut: throw SocketError(.connect, .timedOut, endpoint: remote)
        case .ready: break
        }
        if let errno = try socket.pendingError() { throw SocketError(.connect, errno, endpoint: remote) }
    }

    private func explain(_ error: any Error, _ remote: Endpoint) -> any Error {
        guard let error = error as? SocketError, error.call == .bind || error.call == .connect else { return error }
        let local = configuration.bind.endpoint(for: remote.address.family)
        return AddressDiagnosis(
            error, local: local, remote: error.call == .connect ? remote : nil,
            portRange: configuration.bind.portRange)
    }
}
