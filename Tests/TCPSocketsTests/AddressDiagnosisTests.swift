import Glibc
import TCPSockets
import Testing

@Suite("Why an address could not be had", .timeLimit(.minutes(5)))
struct AddressDiagnosisTests {
    /// The diagnosis of a bind() that has to fail.
    private func diagnoseBind(to endpoint: Endpoint, reuseAddress: Bool = false) throws -> AddressDiagnosis {
        let error = #expect(throws: SocketError.self) {
            _ = try Held(boundTo: endpoint, reuseAddress: reuseAddress)
        }
        return AddressDiagnosis(
            try #require(error), of: AddressRequest(local: endpoint, reuseAddress: reuseAddress))
    }

    /// The only socket that a diagnosis blames.
    private func holder(_ diagnosis: AddressDiagnosis) throws -> PortHolder {
        guard case .held(let holders) = diagnosis.reason, holders.count == 1 else {
            throw Unexpected(reason: diagnosis.reason)
        }
        return holders[0]
    }

    private struct Unexpected: Error {
        let reason: AddressDiagnosis.Reason
    }

    @Test("a socket in TIME-WAIT has the port, and for how long", arguments: IPAddress.Family.here)
    func timeWait(_ family: IPAddress.Family) throws {
        let pair = try TimeWaitPair(family)
        let diagnosis = try diagnoseBind(to: pair.clientEnd)
        let entry = try holder(diagnosis).socket
        #expect(entry.local == pair.clientEnd && entry.remote == pair.serverEnd)
        #expect(entry.state == .timeWait)
        #expect(diagnosis.error == SocketError(.bind, .addressInUse, endpoint: pair.clientEnd))
    }

    @Test("it has the port also towards any address")
    func timeWaitAny() throws {
        let pair = try TimeWaitPair()
        let diagnosis = try diagnoseBind(to: Endpoint(.anyV4, port: pair.clientEnd.port))
        let entry = try holder(diagnosis).socket
        #expect(entry.local == pair.clientEnd)
    }

    @Test("connect() to the same server finds the same TIME-WAIT, and not those towards other servers")
    func timeWaitConnect() throws {
        let pair = try TimeWaitPair()
        // Where timestamps are on, Linux lets connect() take a TIME-WAIT over, so the failure is not a real one.
        let error = SocketError(.connect, .addressNotAvailable, endpoint: pair.serverEnd)
        let other = Endpoint(.loopbackV4, port: pair.serverEnd.port ^ 1)
        func diagnose(_ remote: Endpoint) -> AddressDiagnosis {
            AddressDiagnosis(error, of: AddressRequest(local: pair.clientEnd, remote: remote))
        }
        #expect(diagnose(other).reason == .notFound)
        let diagnosis = diagnose(pair.serverEnd)
        let entry = try holder(diagnosis).socket
        #expect(entry.local == pair.clientEnd && entry.remote == pair.serverEnd)
    }

    @Test("a listener has the port, and this process the listener", arguments: [true, false])
    func listener(_ reuseAddress: Bool) throws {
        let listener = try Listener()
        let diagnosis = try diagnoseBind(to: listener.endpoint, reuseAddress: reuseAddress)
        let (entry, owner) = (try holder(diagnosis).socket, try holder(diagnosis).owner)
        #expect(try holder(diagnosis).kind == .listener)
        #expect(entry.local == listener.endpoint)
        #expect(owner?.process == getpid())
    }

    @Test("a closed connection has the port whose peer does not close, and no program is to blame")
    func closingDown() throws {
        let pair = try Pair { try $0.use { try $0.bind(to: .anyPort()) } }
        try pair.client.close()
        let half = Sides(client: .finWait2, server: .closeWait)
        try #require(try pair.states(settledAt: half) == half)
        let diagnosis = try diagnoseBind(to: pair.clientEnd)
        #expect(try holder(diagnosis).kind == .closingDown)
        let entry = try holder(diagnosis).socket
        #expect(entry.local == pair.clientEnd && entry.state == .finWait2)
        #expect(diagnosis.isToPass)
    }

    @Test("a live connection has the port")
    func connection() throws {
        let pair = try Pair { try $0.use { try $0.bind(to: .anyPort()) } }
        let diagnosis = try diagnoseBind(to: pair.clientEnd)
        let (entry, owner) = (try holder(diagnosis).socket, try holder(diagnosis).owner)
        #expect(try holder(diagnosis).kind == .connection)
        #expect(entry.local == pair.clientEnd && entry.remote == pair.serverEnd && entry.state == .established)
        #expect(owner?.process == getpid())
    }

    @Test("a socket that is only bound has the port", .enabled(if: Kernel.isAtLeast(6, 8)))
    func bound() throws {
        let bound = try Held(boundTo: .anyPort())
        let diagnosis = try diagnoseBind(to: bound.localEndpoint)
        let (entry, owner) = (try holder(diagnosis).socket, try holder(diagnosis).owner)
        #expect(try holder(diagnosis).kind == .bound)
        #expect(try entry.local == bound.localEndpoint)
        #expect(owner?.process == getpid())
    }

    @Test("no interface has the address", .enabled(if: Kernel.setting("net/ipv4/ip_nonlocal_bind") == 0))
    func notLocal() throws {
        let elsewhere = Endpoint(try #require(IPAddress("192.0.2.1")), port: 0)
        let diagnosis = try diagnoseBind(to: elsewhere)
        #expect(diagnosis.error.errno == .addressNotAvailable)
        #expect(diagnosis.reason == .unusableAddress(.absent(interfacesDown: [])))
    }

    @Test(
        "the port is for privileged programs",
        .enabled(if: Kernel.setting("net/ipv4/ip_unprivileged_port_start") == 1024))
    func privileged() async {
        await #expect(processExitsWith: .success) {
            // The superuser gives up what lets it bind any port; anyone else has never had it.
            if geteuid() == 0 { try #require(setuid(65534) == 0) }
            let endpoint = Endpoint(.loopbackV4, port: 1)
            let error = #expect(throws: SocketError.self) { _ = try Held(boundTo: endpoint) }
            let diagnosis = AddressDiagnosis(try #require(error), of: AddressRequest(local: endpoint))
            #expect(diagnosis.error.errno == .permissionDenied)
            #expect(diagnosis.reason == .privilegedPort(below: 1024))
        }
    }

    @Test("nothing listens on the port", arguments: IPAddress.Family.here)
    func refused(_ family: IPAddress.Family) throws {
        // Bound, so that nobody else begins to listen there meanwhile.
        let silent = try Held(boundTo: .anyPort(family))
        let endpoint = try silent.localEndpoint
        let error = #expect(throws: SocketError.self) { try Held(family).connect(to: endpoint) }
        #expect(error == SocketError(.connect, .connectionRefused, endpoint: endpoint))
        let request = AddressRequest(local: nil, remote: endpoint)
        #expect(AddressDiagnosis(try #require(error), of: request).reason == .refused([]))
    }

    @Test("a socket has connected to itself, which connect() reports as success")
    func selfConnect() throws {
        let socket = try Held(boundTo: .anyPort())
        let endpoint = try socket.localEndpoint
        try socket.connect(to: endpoint)
        #expect(try socket.use { try $0.remoteEndpoint() } == endpoint)
        let diagnosis = AddressDiagnosis(connectedToItself: endpoint)
        #expect(diagnosis.reason == .connectedToItself)
        #expect(diagnosis.description == "connect \(endpoint): EADDRINUSE (Address already in use)")
    }

    @Test("an error that has nothing to do with addresses is not explained")
    func notFound() {
        let diagnosis = AddressDiagnosis(SocketError(.bind, .badDescriptor), of: AddressRequest(local: .anyPort()))
        #expect(diagnosis.reason == .unexplained)
        #expect(diagnosis.description == "bind: EBADF (Bad file descriptor)")
    }
}
