import ChatProtocol
import TCPSockets
import Testing

@Suite("Many clients", .serialized, .timeLimit(.minutes(5)))
struct ScaleTests {
    static let conversations = 2000

    @Test("2,000 conversations at a time, without an error, and nothing of them is left", arguments: [1, 2])
    func conversations(loops: Int) async throws {
        try #require(raiseDescriptorLimit() >= Self.conversations + 200, "the hard limit of descriptors (ulimit -Hn)")
        let finished = try await withServer(["--answer", "echo", "--close", "last", "--loops", "\(loops)"]) { server in
            let state = ProcessState(process: server.process)
            var peers: [Peer] = []
            for _ in 0..<Self.conversations { peers.append(try await .connect(to: server.endpoint)) }
            for round in 1...3 {
                for (number, peer) in peers.enumerated() { try await peer.send(.question("\(number) \(round)")) }
                for (number, peer) in peers.enumerated() {
                    try #require(try await peer.next() == .message(.answer("\(number) \(round)")))
                }
            }
            let descriptors = try state.descriptors
            for peer in peers {
                try await peer.send(.exit)
                try peer.close()
            }
            try await eventually("each descriptor is given back") {
                try state.descriptors == descriptors - Self.conversations
            }
        }
        let endings = finished.errors.split(separator: "\n").filter { $0.contains(" ending=exit ") }
        #expect(endings.count == Self.conversations)
    }

    /// Memory that an attack may cost while it lasts, and that may stay with the allocator behind it, in KiB.
    private static let memoryDuringAttack = 48 * 1024
    private static let memoryAfterAttack = 24 * 1024

    @Test("200 hostile clients do not keep a good one waiting, and cost nothing once they are gone")
    func hostile() async throws {
        try await withServer { server in
            let state = ProcessState(process: server.process)
            // The first conversation makes what all others use.
            try await goodClient(server)
            try await eventually("the good client has left") { try state.descriptors == descriptors(server) }
            let before = (descriptors: try state.descriptors, memory: try state.memory)
            var attackers: [Peer] = []
            for number in 0..<40 {
                attackers.append(try await garbage(server.endpoint))
                attackers.append(try await hugeLength(server.endpoint))
                attackers.append(try await neverFinished(server.endpoint))
                attackers.append(try await resetInside(server.endpoint, after: number % 10))
                attackers.append(try await neverReads(server.endpoint))
            }
            #expect(attackers.count == 200)
            try await goodClient(server)
            #expect(try state.memory - before.memory < Self.memoryDuringAttack)
            for attacker in attackers { try attacker.close() }
            try await eventually("as many descriptors as before") { try state.descriptors == before.descriptors }
            #expect(try state.memory - before.memory < Self.memoryAfterAttack)
            try await goodClient(server)
        }
    }

    /// The descriptors of a server that serves nobody: all but the connections that the kernel shows for it.
    private func descriptors(_ server: Server) throws -> Int {
        let connections = try SocketTable().entries().count {
            $0.local.port == server.endpoint.port && $0.state != .listen && $0.inode != 0
        }
        return try ProcessState(process: server.process).descriptors - connections
    }

    private func goodClient(_ server: Server) async throws {
        let client = try await runClient(server, input: "one\ntwo\n")
        #expect(client.output == "one\ntwo\n")
        #expect(client.status == 0)
    }

    private func garbage(_ server: Endpoint) async throws -> Peer {
        let peer = try await Peer.connect(to: server)
        try await peer.send((0..<5000).map { _ in .random(in: 0 ... .max) })
        return peer
    }

    private func hugeLength(_ server: Endpoint) async throws -> Peer {
        let peer = try await Peer.connect(to: server)
        try await peer.send([0xFF, 0xFF, 0xFF, 0xFF, 1])
        return peer
    }

    private func neverFinished(_ server: Endpoint) async throws -> Peer {
        let peer = try await Peer.connect(to: server)
        for byte in Frame.bytes(of: .question(String(repeating: "x", count: 1000))).prefix(100) {
            try await peer.send([byte])
        }
        return peer
    }

    private func resetInside(_ server: Endpoint, after count: Int) async throws -> Peer {
        let peer = try await Peer.connect(to: server)
        try await peer.send(Array(Frame.bytes(of: .question("hello")).prefix(count)))
        try peer.reset()
        return peer
    }

    /// Sends questions and reads no answer, until the server reads no more questions.
    private func neverReads(_ server: Endpoint) async throws -> Peer {
        let peer = try await Peer.connect(to: server, receiveBuffer: 4096)
        let questions = (0..<10).flatMap { _ in Frame.bytes(of: .question(String(repeating: "x", count: 6000))) }
        var rest = questions[...]
        while try await peer.hasRoom(within: .milliseconds(50)) {
            rest = rest.dropFirst(try peer.sendWithoutWaiting(Array(rest)))
            if rest.isEmpty { rest = questions[...] }
        }
        return peer
    }
}
