import ChatProtocol
import Foundation
import Glibc
import TCPSockets
import Testing

/// What docs/balancer.md says.
@Suite(
    "In front of a balancer", .enabled(if: isInstalled("haproxy"), "haproxy is not installed"), .serialized,
    .timeLimit(.minutes(5)))
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

        /// The sockets that are left.
        var left: Balancer.Sockets {
            Balancer.Sockets(
                front: front.map { [.init(holder: $0, state: .timeWait)] } ?? [],
                back: back.map { [.init(holder: $0, state: .timeWait)] } ?? [])
        }

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
            try await eventually(is: subject.left) { try balancer.sockets() }
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
                try balancer.sockets().back.contains { $0 == .init(holder: .server, state: .closeWait) }
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

    /// What docs/balancer.md makes of `observe`, without what depends on the pace or is a race.
    static let observed = """
        - active | client FIN, HAProxy FIN; TIME-WAIT: client | HAProxy FIN, server FIN; TIME-WAIT: HAProxy | 0
        - half-close | client FIN, HAProxy FIN; TIME-WAIT: client | HAProxy FIN, server FIN; TIME-WAIT: HAProxy | 0
        - passive | HAProxy FIN, client FIN; TIME-WAIT: HAProxy | server FIN, HAProxy FIN; TIME-WAIT: server | 0
        frontend active | client FIN, HAProxy RST; TIME-WAIT: nobody | HAProxy FIN, server FIN; TIME-WAIT: HAProxy | 0
        frontend half-close | client FIN, HAProxy RST; TIME-WAIT: nobody | HAProxy FIN, server FIN; TIME-WAIT: HAProxy | 74
        backend half-close | client FIN, HAProxy FIN; TIME-WAIT: client | HAProxy RST; TIME-WAIT: nobody | 0
        - answers lost: 0 of 200
        one server one by one: 20 of 60
        one server open at once: 20 of 60
        two servers one by one: 40 of 60
        two servers open at once: 40 of 60
        one server, from two addresses one by one: 40 of 60
        one server, nolinger on the backend one by one: 60 of 60
        one server, which closes first one by one: 60 of 60
        one server, source with 10 ports one by one: 60 of 60
        one server, source with 10 ports open at once: 10 of 60
        the same without timestamps one by one: 10 of 60
        """.split(separator: "\n")

    @Test(
        "FIN and RST, answers lost, and source ports are as the page says",
        .enabled(if: getuid() == 0, "needs root, for a network namespace"),
        .enabled(if: isInstalled("python3"), "python3 is not installed"))
    func page() async throws {
        let observe = #filePath.components(separatedBy: "/Tests/")[0] + "/docs/balancer/observe"
        let folder = product("chat-server").replacing(/\/chat-server$/, with: "")
        let run = try await withProgram(["python3", observe, folder], input: "") {
            try await $0.output.end(within: .seconds(150))
        }
        #expect(run.errors == "")
        let lines = run.lines.map { $0.split(separator: " ").joined(separator: " ") }
        for line in Self.observed { #expect(lines.contains(String(line)), "\(run.output)") }
    }
}
