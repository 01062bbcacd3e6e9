import ChatProtocol
import TCPSockets
import Testing

/// What docs/balancer.md says.
@Suite(
    "In front of a balancer", .enabled(if: isInstalled("haproxy"), "haproxy is not installed"), .serialized,
    .timeLimit(.minutes(2)))
struct BalancerTests {
    @Test("Conversations go to both servers in turn")
    func roundRobin() async throws {
        try await withBalancer(["--answer", "echo"]) { balancer in
            for number in 1...4 {
                let client = try await runClient(balancer.port, input: "question \(number)\n")
                #expect(client.output == "question \(number)\n")
                #expect(client.status == 0)
            }
            for server in balancer.servers { try await server.log.contains("ending=exit", times: 2) }
        }
    }

    /// Who is left with TIME-WAIT when a conversation is over; nil for nobody.
    struct Case: CustomTestStringConvertible, Sendable {
        let strategy: CloseStrategy
        var serverCloses = "last"
        var nolinger: [Balancer.Side] = []
        let front, back: Balancer.Holder?
        var testDescription: String {
            let sides = nolinger.map { "\($0)" }.joined(separator: " and ")
            return "\(strategy.rawValue), " + (nolinger.isEmpty ? "as it is" : "nolinger on the \(sides)")
        }
    }

    static let cases = [
        Case(strategy: .active, front: .client, back: .balancer),
        Case(strategy: .active, nolinger: [.frontend], front: nil, back: .balancer),
        Case(strategy: .active, nolinger: [.backend], front: .client, back: nil),
        Case(strategy: .passive, serverCloses: "first", front: .balancer, back: .server),
        Case(
            strategy: .passive, serverCloses: "first", nolinger: [.frontend, .backend], front: .balancer, back: .server),
        Case(strategy: .reset, nolinger: [.backend], front: nil, back: nil),
    ]

    @Test(
        "On each connection TIME-WAIT stays with who closed it first, unless nolinger makes a RST of it",
        arguments: cases)
    func holders(_ subject: Case) async throws {
        try await withBalancer(
            ["--answer", "echo", "--close", subject.serverCloses], nolinger: subject.nolinger
        ) { balancer in
            let client = try await runClient(balancer.port, ["--close", subject.strategy.rawValue], input: "one\n")
            #expect(client.output == "one\n")
            #expect(client.status == 0)
            try await balancer.servers[0].log.contains("ending=exit")
            try await eventually("\(subject)") {
                let sockets = try balancer.sockets()
                return sockets.front.map(\.holder) == [subject.front].compactMap(\.self)
                    && sockets.back.map(\.holder) == [subject.back].compactMap(\.self)
                    && (sockets.front + sockets.back).allSatisfy { $0.state == .timeWait }
            }
        }
    }

    @Test("A client that half-closes gets its answer all the same")
    func halfClose() async throws {
        try await withBalancer(["--answer", "operator", "--close", "last"]) { balancer in
            let peer = try await Peer.connect(to: balancer.endpoint)
            try await peer.send(.question("Are you there?"))
            try await peer.send(.exit)
            try peer.shutdownSending()
            try await eventually("the FIN is passed on") {
                try balancer.sockets().back.contains { $0 == (.server, .closeWait) }
            }
            try balancer.servers[0].program.type("yes\n")
            #expect(try await peer.next() == .message(.answer("yes")))
            #expect(try await peer.next() == .endOfStream)
        }
    }

    @Test("nolinger on the backend loses the answer for which a client half-closed and waits")
    func answerLost() async throws {
        try await withBalancer(["--answer", "operator", "--close", "last"], nolinger: [.backend]) { balancer in
            let peer = try await Peer.connect(to: balancer.endpoint)
            try await peer.send(.question("Are you there?"))
            try await peer.send(.exit)
            try peer.shutdownSending()
            // Although nobody has answered, nor refused to.
            #expect(try await peer.next() == .endOfStream)
        }
    }
}
