import Console
import TCPSockets
import Testing

@testable import ChatClient

@Suite("The attempts to reach a server", .timeLimit(.minutes(5)))
struct ConnectionAttemptsTests {
    private struct Other: Error {}

    private func attempts(_ host: String, _ change: (inout ClientConfiguration) -> Void = { _ in }) throws
        -> ConnectionAttempts
    {
        var configuration = ClientConfiguration(host: host, port: 7, maximumFrame: 65_536)
        change(&configuration)
        return try ConnectionAttempts(configuration, interrupter: .never)
    }

    private func refused(_ remote: Endpoint) -> AddressDiagnosis {
        AddressDiagnosis(connectedToItself: remote)
    }

    @Test("end with the first that connects")
    func connects() throws {
        var tried: [Endpoint] = []
        let connection = try attempts("127.0.0.1").first { attempt in
            tried.append(attempt.remote)
            return ServerConnection(
                socket: try TCPSocket(.v4), local: Endpoint(.loopbackV4, port: 1), remote: attempt.remote)
        }
        #expect(connection.remote == Endpoint(.loopbackV4, port: 7))
        try connection.takeSocket().close()
        #expect(tried == [Endpoint(.loopbackV4, port: 7)])
    }

    @Test("end with the reason itself where there is one address")
    func oneFailure() throws {
        let error = #expect(throws: AddressDiagnosis.self) {
            try discard(attempts("::1").first { throw refused($0.remote) })
        }
        #expect(error?.error.endpoint == Endpoint(.loopbackV6, port: 7))
    }

    @Test("end at once with what is no matter of the address")
    func other() {
        #expect(throws: Other.self) { try discard(attempts("127.0.0.1").first { _ in throw Other() }) }
    }

    @Test("are none where the local address is of another family than the host")
    func family() {
        let error = #expect(throws: UsageError.self) {
            _ = try attempts("127.0.0.1") { $0.bind.address = .loopbackV6 }
        }
        #expect(
            error?.description == "127.0.0.1 has no address of the family of --local-address; change one of the two")
    }

    @Test("Of several failures each is told, and the last one decides the status")
    func severalFailures() {
        let failures = [Endpoint(.loopbackV6, port: 7), Endpoint(.loopbackV4, port: 7)].map(refused)
        let error = AllAddressesFailed(host: "example\n", failures: failures)
        #expect(error.description.split(separator: "\n").count == 3)
        #expect(error.description.hasPrefix("none of the 2 addresses of example^J could be reached:"))
        #expect(error.status == ExitStatus(failures[1]))
    }

    private func discard(_ connection: consuming ServerConnection) throws {
        try connection.takeSocket().close()
    }
}
