import Glibc
import Testing

@testable import TCPSockets

/// Each of these ways to hold a port, against each of these ways to want it: the kernel answers, and the diagnosis has to
/// say the same.
@Suite(
    "Who is in the way of bind(), against the kernel",
    .enabled(if: privateNetworkIsPossible && Kernel.isAtLeast(6, 8), "needs root, and Linux 6.8 for bound sockets"),
    .timeLimit(.minutes(5)))
struct BindTableTests {
    /// A local address as a socket binds it.
    struct Binding: Sendable, CustomStringConvertible {
        let address: IPAddress
        var isIPv6Only = false

        init(_ text: String, isIPv6Only: Bool = false) throws {
            address = try #require(IPAddress(text))
            self.isIPv6Only = isIPv6Only
        }

        var description: String { "\(address)\(isIPv6Only ? " (IPV6_V6ONLY)" : "")" }
    }

    enum Situation: CaseIterable {
        case listening, boundOnly
    }

    static let addresses = "ip addr add 10.9.9.1/32 dev lo; ip addr add fd99::1/128 dev lo nodad"

    static var bindings: [Binding] {
        get throws {
            [
                try Binding("0.0.0.0"), try Binding("127.0.0.1"), try Binding("10.9.9.1"), try Binding("::"),
                try Binding("::", isIPv6Only: true), try Binding("::1"), try Binding("fd99::1"),
                try Binding("::ffff:127.0.0.1"), try Binding("::ffff:0.0.0.0"),
            ]
        }
    }

    /// A socket at a port, or the error of its bind().
    static func bind(_ binding: Binding, _ port: UInt16, reuse: Bool, listens: Bool = false) throws -> Held {
        let socket = try Held(binding.address.family)
        var value: CInt = binding.isIPv6Only ? 1 : 0
        if binding.address.family == .v6 {
            try #require(setsockopt(socket.descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &value, 4) == 0)
        }
        try socket.use {
            if reuse { try $0.set(.reuseAddress, to: 1) }
            try $0.bind(to: Endpoint(binding.address, port: port))
            if listens { try $0.listen() }
        }
        return socket
    }

    /// Whether the kernel lets a socket have the port beside these holders.
    static func isFree(_ wanted: Binding, _ port: UInt16, reuse: Bool) throws -> Bool {
        do {
            _ = try bind(wanted, port, reuse: reuse)
            return true
        } catch let error as SocketError where error.errno == .addressInUse {
            return false
        }
    }

    static func blamed(_ wanted: Binding, _ port: UInt16, reuse: Bool) throws -> Set<Endpoint> {
        let request = AddressRequest(
            local: Endpoint(wanted.address, port: port), reuseAddress: reuse, isIPv6Only: wanted.isIPv6Only)
        let holders = PortHolders.inTheWay(of: request, in: try SocketTable().entries())
        return Set(holders.map(\.socket.local))
    }

    @Test("one holder, in every combination with SO_REUSEADDR on either side", arguments: Situation.allCases)
    func one(_ situation: Situation) throws {
        let (asked, refused) = try withPrivateNetwork(Self.addresses) {
            var (asked, refused) = (0, 0)
            var port: UInt16 = 20_000
            for holder in try Self.bindings {
                for wanted in try Self.bindings {
                    for (theirs, mine) in [(true, true), (true, false), (false, true), (false, false)] {
                        port += 1
                        asked += 1
                        let held = try Self.bind(holder, port, reuse: theirs, listens: situation == .listening)
                        guard try !Self.isFree(wanted, port, reuse: mine) else {
                            // Where both have set the option, a socket that does not listen is known to be harmless only
                            // to those who ask it: nobody is blamed that has no need to be.
                            if situation == .listening || !(theirs && mine) {
                                let blamed = try Self.blamed(wanted, port, reuse: mine)
                                #expect(blamed == [], "\(holder), \(wanted): \(theirs), \(mine)")
                            }
                            continue
                        }
                        refused += 1
                        let blamed = try Self.blamed(wanted, port, reuse: mine)
                        #expect(blamed == [try held.localEndpoint], "\(holder), \(wanted): \(theirs), \(mine)")
                    }
                }
            }
            return (asked, refused)
        }
        #expect(asked == 9 * 9 * 4)
        // Without a listener, those that meet do no harm where both have set the option.
        #expect(refused > 0 && refused % (situation == .listening ? 4 : 3) == 0)
    }

    @Test("two holders: those are blamed that keep the port by themselves, and no others", arguments: [true, false])
    func two(_ mine: Bool) throws {
        let told = try withPrivateNetwork(Self.addresses) {
            var told = 0
            var port: UInt16 = 20_000
            let bindings = try Self.bindings
            for (index, first) in bindings.enumerated() {
                for second in bindings[(index + 1)...] {
                    for wanted in bindings {
                        // A port of its own for each: of a socket that is closed, a child that another test has forked may
                        // have a copy until it is its program.
                        let truth = try [first, second].compactMap { holder -> IPAddress? in
                            port += 1
                            let held = try Self.bind(holder, port, reuse: true, listens: true)
                            defer { withExtendedLifetime(held) {} }
                            return try Self.isFree(wanted, port, reuse: mine) ? nil : try held.localEndpoint.address
                        }
                        port += 1
                        let held = try Self.bind(first, port, reuse: true, listens: true)
                        guard let other = try? Self.bind(second, port, reuse: true, listens: true) else { continue }
                        defer { withExtendedLifetime((held, other)) {} }
                        told += 1
                        #expect(
                            Set(try Self.blamed(wanted, port, reuse: mine).map(\.address)) == Set(truth),
                            "\(first) and \(second), \(wanted)")
                    }
                }
            }
            return told
        }
        #expect(told >= 9 * 9)
    }

    @Test("of two bound sockets the one that lacks SO_REUSEADDR is blamed, and a TIME-WAIT where the other has it")
    func options() throws {
        try withPrivateNetwork(Self.addresses) {
            let any = try Binding("0.0.0.0")
            let with = try Self.bind(Binding("127.0.0.1"), 7000, reuse: true)
            let without = try Self.bind(Binding("10.9.9.1"), 7000, reuse: false)
            try #require(try !Self.isFree(any, 7000, reuse: true))
            #expect(try Self.blamed(any, 7000, reuse: true) == [try without.localEndpoint])
            #expect(try Self.blamed(any, 7000, reuse: false) == [try with.localEndpoint, try without.localEndpoint])
        }
    }
}
