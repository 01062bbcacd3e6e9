import TCPSockets
import Testing

@Suite("Addresses", .timeLimit(.minutes(5)))
struct AddressTests {
    @Test(
        "A numeric address is read and printed in its shortest form",
        arguments: [
            ("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
            ("::1", "::1"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ])
    func addresses(_ text: String, _ printed: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.description == printed)
        #expect(address.family == (text.contains(":") ? .v6 : .v4))
    }

    @Test(
        "What is no numeric address is not read",
        arguments: [
            "", "localhost", "127.0.0", "127.0.0.256", "127.0.0.1:80", " 127.0.0.1", "[::1]", "::1::",
            "1:2:3:4:5:6:7:8:9",
        ])
    func refused(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("The constants are the addresses that they are named after")
    func constants() {
        #expect(IPAddress.loopbackV4 == IPAddress("127.0.0.1"))
        #expect(IPAddress.loopbackV6 == IPAddress("::1"))
        #expect(IPAddress.anyV4 == IPAddress("0.0.0.0"))
        #expect(IPAddress.anyV6 == IPAddress("::"))
        #expect(IPAddress.anyV4.isAny && IPAddress.anyV6.isAny)
        #expect(!IPAddress.loopbackV4.isAny && !IPAddress.loopbackV6.isAny)
        #expect(IPAddress.anyV4 != IPAddress.anyV6)
    }

    @Test(
        "Only an IPv4-mapped address is unmapped",
        arguments: [
            ("::ffff:192.0.2.1", "192.0.2.1"), ("::192.0.2.1", "::192.0.2.1"), ("::1", "::1"),
            ("192.0.2.1", "192.0.2.1"),
        ])
    func unmapped(_ mapped: String, _ address: String) throws {
        let endpoint = Endpoint(try #require(IPAddress(mapped)), port: 7)
        #expect(endpoint.unmapped == Endpoint(try #require(IPAddress(address)), port: 7))
    }

    @Test("An endpoint is printed with brackets around an IPv6 address, and with its scope")
    func endpoints() {
        #expect(Endpoint(.loopbackV4, port: 7000).description == "127.0.0.1:7000")
        #expect(Endpoint(.loopbackV6, port: 65535).description == "[::1]:65535")
        let linkLocal = IPAddress(family: .v6, bits: 0xFE80 << 112 | 1, scope: 1)
        #expect(Endpoint(linkLocal, port: 1).description == "[fe80::1%lo]:1")
        let nowhere = IPAddress(family: .v6, bits: 0xFE80 << 112 | 1, scope: 1_000_000)
        #expect(Endpoint(nowhere, port: 1).description == "[fe80::1%1000000]:1")
    }

    @Test(
        "The printed form of an endpoint is read back",
        arguments: ["127.0.0.1:7000", "[::1]:0", "[2001:db8::1]:65535", "[fe80::1%lo]:7000"])
    func numeric(_ text: String) {
        #expect(Endpoint(numeric: text)?.description == text)
    }

    @Test(
        "What is no endpoint is not read",
        arguments: [
            "", "127.0.0.1", ":1", "127.0.0.1:", "127.0.0.1:65536", "localhost:1", "[::1]", "[::1]:x", "[::1:1",
            "::1:5", "[127.0.0.1]:5",
        ])
    func noEndpoint(_ text: String) {
        #expect(Endpoint(numeric: text) == nil)
    }

    @Test("The kernel gives back the endpoint that a socket was bound to", arguments: IPAddress.Family.here)
    func throughTheKernel(_ family: IPAddress.Family) throws {
        let bound = try Held(boundTo: .anyPort(family))
        let endpoint = try bound.localEndpoint
        #expect(endpoint.address == Endpoint.anyPort(family).address)
        #expect(endpoint.port != 0)
    }

    @Test("A numeric host needs no resolver")
    func resolver() throws {
        #expect(try Resolver.resolve("192.0.2.1", port: 7) == [Endpoint(#require(IPAddress("192.0.2.1")), port: 7)])
        #expect(try Resolver.resolve("::1", port: 7) == [Endpoint(.loopbackV6, port: 7)])
    }
}
