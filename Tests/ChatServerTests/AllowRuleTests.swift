import TCPSockets
import Testing

@testable import ChatServer

@Suite("A rule for who may talk", .timeLimit(.minutes(5)))
struct AllowRuleTests {
    @Test(
        "reads an address, a network, and either with a port",
        arguments: [
            ("192.0.2.7", "192.0.2.7", 32, nil), ("192.0.2.0/24", "192.0.2.0", 24, nil),
            ("0.0.0.0/0", "0.0.0.0", 0, nil), ("127.0.0.1:50001", "127.0.0.1", 32, 50001),
            ("192.0.2.0/24:1", "192.0.2.0", 24, 1), ("::1", "::1", 128, nil), ("2001:db8::/32", "2001:db8::", 32, nil),
            ("[2001:db8::/32]:50001", "2001:db8::", 32, 50001), ("[::1]", "::1", 128, nil),
            ("::1:5", "::1:5", 128, nil),
        ] as [(String, String, Int, UInt16?)])
    func parse(_ text: String, _ network: String, _ prefixLength: Int, _ port: UInt16?) throws {
        let rule = try #require(AllowRule(text))
        #expect(rule.network == IPAddress(network))
        #expect(rule.prefixLength == prefixLength)
        #expect(rule.port == port)
    }

    @Test(
        "is refused when it is none",
        arguments: [
            "", "localhost", "192.0.2", "192.0.2.0/33", "192.0.2.0/-1", "192.0.2.0/", "192.0.2.0/24/8", "192.0.2.1:",
            "192.0.2.1:65536", "192.0.2.1:x", "::/129", "[::1", "[::1]50001", "[::1]:", ":50001", "/24", "192.0.2.0/+8",
            "192.0.2.1:+80", "[::1]:-1", "127.0.0.1:0", "192.0.2.0/24:0", "[::1]:0", "127.0.0.1:00",
        ])
    func refused(_ text: String) {
        #expect(AllowRule(text) == nil)
    }

    @Test(
        "lets in those that it names",
        arguments: [
            ("192.0.2.7", "192.0.2.7", 9), ("192.0.2.0/24", "192.0.2.255", 9), ("192.0.2.77/24", "192.0.2.1", 9),
            ("0.0.0.0/0", "203.0.113.1", 9), ("10.0.0.0/9", "10.127.255.255", 9),
            ("127.0.0.1:50001", "127.0.0.1", 50001),
            ("::1", "::1", 9), ("2001:db8::/32", "2001:db8:ffff::1", 9), ("::/0", "2001:db8::1", 9),
            ("[2001:db8::/33]:7", "2001:db8:7fff::", 7),
            // A dual-stack listener sees an IPv4 client under an IPv4-mapped address.
            ("192.0.2.0/24", "::ffff:192.0.2.9", 9),
        ] as [(String, String, UInt16)])
    func matches(_ rule: String, _ address: String, _ port: UInt16) throws {
        let client = Endpoint(try #require(IPAddress(address)), port: port)
        #expect(try #require(AllowRule(rule)).matches(client))
    }

    @Test(
        "keeps everyone else out",
        arguments: [
            ("192.0.2.7", "192.0.2.8", 9), ("192.0.2.0/24", "192.0.3.0", 9), ("10.0.0.0/9", "10.128.0.0", 9),
            ("127.0.0.1:50001", "127.0.0.1", 50002), ("::1", "::2", 9), ("2001:db8::/33", "2001:db8:8000::", 9),
            ("0.0.0.0/0", "::1", 9), ("::/0", "127.0.0.1", 9), ("::/0", "::ffff:192.0.2.9", 9), ("::1", "0.0.0.1", 9),
        ] as [(String, String, UInt16)])
    func mismatches(_ rule: String, _ address: String, _ port: UInt16) throws {
        let client = Endpoint(try #require(IPAddress(address)), port: port)
        #expect(try !#require(AllowRule(rule)).matches(client))
    }
}
