import ChatProtocol
import TCPSockets
import Testing

@testable import ChatServer

@Suite("Who is let in", .timeLimit(.minutes(5)))
struct AdmissionControlTests {
    private func client(_ address: String, _ port: UInt16 = 40_000) throws -> Endpoint {
        Endpoint(try #require(IPAddress(address)), port: port)
    }

    private func admission(limit: Int = 1000, _ change: (inout ServerConfiguration) -> Void = { _ in }) throws
        -> AdmissionControl
    {
        var configuration = ServerConfiguration(endpoint: try client("127.0.0.1", 7000), maximumFrame: 65_536)
        change(&configuration)
        return AdmissionControl(configuration, DescriptorBudget(limit: limit, open: 10, perClient: 1))
    }

    @Test(
        "Descriptors are divided so that all parts together stay below the limit", arguments: [32, 64, 1024, 1_000_000])
    func budget(limit: Int) {
        for perClient in [1, 3] {
            let budget = DescriptorBudget(limit: limit, open: 10, perClient: perClient)
            #expect(10 + budget.clients * perClient + budget.refused + DescriptorBudget.reserve <= max(limit, 0))
            #expect(budget.clients >= 1 && budget.refused >= 2)
        }
    }

    @Test("Those who are not allowed take no slot from those who are")
    func notAllowed() throws {
        let admission = try admission {
            $0.allowed = [AllowRule("192.0.2.1")].compactMap { $0 }
            $0.maximumClients = 1
        }
        for _ in 0..<100 { #expect(admission.admit(try client("192.0.2.9"))?.code == .notAllowed) }
        #expect(admission.admit(try client("192.0.2.1")) == nil)
        #expect(admission.admit(try client("192.0.2.1"))?.code == .busy)
    }

    @Test("Only a few of those who were turned away may stay to read why")
    func refused() throws {
        let admission = try admission()
        let kept = (0..<1000).count { _ in admission.keepOneMoreRefused() }
        #expect(kept == 62)
        admission.left(try client("192.0.2.1"), wasServed: false)
        #expect(admission.keepOneMoreRefused())
    }

    @Test("--max-per-address counts an IPv4 address, also a mapped one, and an IPv6 network of 64 bits")
    func perAddress() throws {
        let admission = try admission { $0.maximumPerAddress = 2 }
        #expect(admission.admit(try client("192.0.2.1", 1)) == nil)
        #expect(admission.admit(try client("::ffff:192.0.2.1", 2)) == nil)
        #expect(
            admission.admit(try client("192.0.2.1", 3))?.reason == "2 clients are being served from your address")
        #expect(admission.admit(try client("192.0.2.2", 1)) == nil)
        #expect(admission.admit(try client("2001:db8::1", 1)) == nil)
        #expect(admission.admit(try client("2001:db8::2", 1)) == nil)
        #expect(admission.admit(try client("2001:db8::3", 1))?.code == .busy)
        #expect(admission.admit(try client("2001:db8:0:1::3", 1)) == nil)
        admission.left(try client("192.0.2.1", 1), wasServed: true)
        #expect(admission.admit(try client("192.0.2.1", 4)) == nil)
        #expect(admission.admit(try client("192.0.2.1", 5))?.code == .busy)
    }

    @Test("A client that finds no slot at its address leaves the others' slots alone")
    func slotsGivenBack() throws {
        let admission = try admission {
            $0.maximumPerAddress = 1
            $0.maximumClients = 2
        }
        #expect(admission.admit(try client("192.0.2.1")) == nil)
        for _ in 0..<10 { #expect(admission.admit(try client("192.0.2.1"))?.code == .busy) }
        #expect(admission.admit(try client("192.0.2.2")) == nil)
    }
}
