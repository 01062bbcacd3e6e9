import Console
import Diagnoses
import TCPSockets
import Text

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
    /// - Throws: `UnknownHost`, `LookupTimedOut`; `AddressDiagnosis`, where bind() or connect() failed, or `DiallingFailed`,
    ///   where they did so for several addresses; `SocketError`, `OptionNotTaken`; `WaitInterrupted`.
    mutating func dial() throws -> TCPSocket {
        let deadline = ContinuousClock.now + configuration.connectTimeout
        let endpoints = try Resolver.resolve(
            configuration.host, port: configuration.port, until: deadline, interrupter: interrupter)
        // A local address decides the family.
        let family = configuration.bind.address?.family
        let candidates = endpoints.filter { family == nil || $0.address.family == family }
        guard !candidates.isEmpty else {
            throw UsageError("\(configuration.host) has no address of the family of --local-address; give one that has")
        }
        var failures: [AddressDiagnosis] = []
        for (number, endpoint) in candidates.enumerated() {
            let now = ContinuousClock.now
            do {
                return try connect(to: endpoint, until: now + (deadline - now) / (candidates.count - number))
            } catch let error as AddressDiagnosis {
                failures.append(error)
            }
        }
        throw failures.count == 1 ? failures[0] : DiallingFailed(host: configuration.host, failures: failures)
    }

    private mutating func connect(
        to remote: Endpoint, until deadline: ContinuousClock.Instant
    ) throws -> TCPSocket {
        let request = AddressRequest(
            configuration.bind, to: remote, flags: [.bindAddressNoPort: "--bind-no-port"])
        let socket: TCPSocket
        do {
            socket = try TCPSocket(remote.address.family)
        } catch {
            throw error.errno == .familyNotSupported ? AddressDiagnosis(error, of: request) : error
        }
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
            let diagnosis = explain(error, request, socket)
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

    private func explain(_ error: any Error, _ request: AddressRequest, _ socket: borrowing TCPSocket) -> any Error {
        guard let error = error as? SocketError, error.call == .bind || error.call == .connect else { return error }
        return AddressDiagnosis(error, of: request, icmp: socket.icmpError(behind: error))
    }
}

/// Why none of the addresses of a host could be reached.
struct DiallingFailed: Error, CustomStringConvertible {
    let host: String
    /// In the order in which they were tried.
    let failures: [AddressDiagnosis]

    var description: String {
        let lines = failures.map { "\n  \($0.inWords)" }
        return "none of the \(failures.count) addresses of \(visible(host)) could be reached:" + lines.joined()
    }

    /// To try again later helps if it helps with one of them; else the last one decides.
    var status: ExitStatus {
        let all = failures.map { ExitStatus($0) }
        return all.contains(.tryAgainLater) ? .tryAgainLater : all.last ?? .unavailable
    }
}
