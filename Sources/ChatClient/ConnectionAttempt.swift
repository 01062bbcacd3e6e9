import TCPSockets

/// One attempt to connect to one address: where it goes, how long it may take, and what its failure means.
struct ConnectionAttempt {
    let remote: Endpoint
    private let request: AddressRequest
    private let deadline: ContinuousClock.Instant
    private let interrupter: Interrupter

    init(to remote: Endpoint, _ bind: BindMode, until deadline: ContinuousClock.Instant, interrupter: Interrupter) {
        self.remote = remote
        request = AddressRequest(bind, to: remote, flags: [.bindAddressNoPort: "--bind-no-port"])
        self.deadline = deadline
        self.interrupter = interrupter
    }

    /// Waits for the handshake.
    ///
    /// - Throws: `SocketError`, where it failed or took too long; `WaitInterrupted`.
    func awaitConnection(of socket: borrowing TCPSocket) throws {
        switch try interrupter.wait(for: .output(socket.descriptor), until: deadline) {
        case .interrupted: throw WaitInterrupted()
        case .timedOut: throw SocketError(.connect, .timedOut, endpoint: remote)
        case .ready: break
        }
        if let errno = try socket.pendingError() { throw SocketError(.connect, errno, endpoint: remote) }
    }

    /// Why there is no socket.
    func explain(_ error: SocketError) -> any Error {
        error.errno == .familyNotSupported ? AddressDiagnosis(error, of: request) : error
    }

    /// Gives a socket up.
    ///
    /// - Returns: Why its bind() or connect() failed, read before close(), which would free the port that the reading is about.
    func giveUp(_ socket: consuming TCPSocket, because error: any Error) -> any Error {
        let diagnosis = explain(error, socket)
        try? socket.close()
        return diagnosis
    }

    private func explain(_ error: any Error, _ socket: borrowing TCPSocket) -> any Error {
        guard let error = error as? SocketError, error.call == .bind || error.call == .connect else { return error }
        return AddressDiagnosis(error, of: request, icmp: socket.icmpError(behind: error))
    }
}
