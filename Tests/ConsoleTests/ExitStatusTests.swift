import Console
import TCPSockets
import Testing

/// Not the one of Testing, which says how a process ended.
private typealias Status = Console.ExitStatus

@Suite("The exit status", .timeLimit(.minutes(5)))
struct ExitStatusTests {
    static let endpoint = Endpoint(.loopbackV4, port: 1)

    @Test("has the numbers of sysexits.h and of signals")
    func numbers() {
        let all: [Status] = [
            .success, .usage, .dataError, .hostUnknown, .unavailable, .software, .connectionLost, .tryAgainLater,
            .notPermitted, .interrupted, .terminated,
        ]
        #expect(all.map(\.rawValue) == [0, 64, 65, 68, 69, 70, 74, 75, 77, 130, 143])
    }

    @Test(
        "of a failed call follows from the call and its error",
        arguments: [
            (SocketError(.connect, .connectionRefused), .unavailable), (SocketError(.connect, .timedOut), .unavailable),
            (SocketError(.bind, .addressInUse), .unavailable), (SocketError(.listen, .addressInUse), .unavailable),
            (SocketError(.bind, .permissionDenied), .notPermitted),
            (SocketError(.connect, .notPermitted), .notPermitted),
            (SocketError(.recv, .connectionReset), .connectionLost), (SocketError(.send, .brokenPipe), .connectionLost),
            (SocketError(.recv, .timedOut), .connectionLost), (SocketError(.socket, .tooManyOpenFiles), .software),
        ] as [(SocketError, Status)])
    fileprivate func socketErrors(_ error: SocketError, _ status: Status) {
        #expect(Status(error) == status)
    }

    @Test(
        "of a diagnosis follows from what was found",
        arguments: [
            (SocketError(.connect, .connectionRefused), .unavailable), (SocketError(.connect, .timedOut), .unavailable),
            (SocketError(.bind, .permissionDenied), .notPermitted),
            (SocketError(.bind, .addressNotAvailable), .unavailable),
            (SocketError(.recv, .connectionReset), .connectionLost),
            (SocketError(.connect, .networkUnreachable), .unavailable),
            // No port is taken, so that it is not for want of ports.
            (SocketError(.connect, .addressNotAvailable), .unavailable),
        ] as [(SocketError, Status)])
    fileprivate func diagnoses(_ error: SocketError, _ status: Status) {
        #expect(Status(AddressDiagnosis(error, of: AddressRequest(local: nil, remote: Self.endpoint))) == status)
    }

    @Test("of a self-connect is that of a server that is not there")
    func selfConnect() {
        #expect(Status(AddressDiagnosis(connectedToItself: Self.endpoint)) == .unavailable)
    }

    @Test("of an unknown host is EX_NOHOST")
    func unknownHost() throws {
        // An empty label is refused without asking a name server.
        let error = #expect(throws: UnknownHost.self) { try Resolver.resolve("a..b", port: 1) }
        #expect(Status(try #require(error)) == .hostUnknown)
    }

    @Test("of anything else is EX_SOFTWARE")
    func other() {
        #expect(Status(CancellationError()) == .software)
    }
}
