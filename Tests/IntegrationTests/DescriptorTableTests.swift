import ChatProtocol
import TCPSockets
import Testing

@Suite("A server with few descriptors", .serialized, .timeLimit(.minutes(5)))
struct DescriptorTableTests {
    @Test("It keeps some in reserve: it tells one client more that there is no room, serves the others, and recovers")
    func full() async throws {
        let finished = try await withServer(wrapper: ["prlimit", "--nofile=32"]) { server in
            let state = ProcessState(process: server.process)
            let before = try state.descriptors
            var served: [Peer] = []
            while served.count < 32, let peer = try await self.served(by: server) { served.append(peer) }
            #expect(!served.isEmpty && served.count < 32 - before)
            #expect(try state.descriptors < 32)
            for peer in served { #expect(try await peer.ask("two") == .message(.answer("two"))) }

            try served.removeLast().close()
            try await eventually("there is room for one") {
                try state.descriptors <= before + served.count
            }
            let next = try #require(try await self.served(by: server))
            try next.close()
            for peer in served { try peer.close() }
            try await eventually("as many descriptors as before") { try state.descriptors == before }
            let client = try await runClient(server, input: "four\n")
            #expect(client.output == "four\n")
        }
        #expect(finished.errors.contains("ending=refused: busy"))
    }

    /// A client that is served; nil where it is told that there is no room.
    private func served(by server: Server) async throws -> Peer? {
        let peer = try await Peer.connect(to: server.endpoint)
        let event = try await peer.ask("one")
        if event == .message(.answer("one")) { return peer }
        #expect(event == .message(.error(.busy, "the server has no descriptor left")))
        #expect(try await peer.next() == .endOfStream)
        return nil
    }

    @Test("Every client that is let in gets its co-process, and none finds the table full")
    func coProcesses() async throws {
        let finished = try await withServer(["--answer", "exec:exec cat"], wrapper: ["prlimit", "--nofile=64"]) {
            server in
            var peers: [Peer] = []
            while peers.count < 64, let peer = try await served(by: server) { peers.append(peer) }
            #expect(peers.count >= 10 && peers.count < 22)
            for peer in peers { #expect(try await peer.ask("two") == .message(.answer("two"))) }
            try peers.removeLast().close()
            try await server.log.contains("ending=end of stream")
            #expect(try await served(by: server) != nil)
        }
        #expect(!finished.errors.contains("EMFILE"))
    }

    @Test("A flood of clients that are not allowed takes nothing from those who are, nor ends the server")
    func notAllowed() async throws {
        let flags = ["--answer", "exec:exec cat", "--allow", "127.0.0.1"]
        try await withServer(flags, wrapper: ["prlimit", "--nofile=64"]) { server in
            let elsewhere = Endpoint(try #require(IPAddress("127.0.0.9")), port: 0)
            var strangers: [Peer] = []
            for _ in 1...100 { strangers.append(try await .connect(to: server.endpoint, from: elsewhere)) }
            var peers: [Peer] = []
            for number in 1...10 {
                let peer = try await Peer.connect(to: server.endpoint)
                #expect(try await peer.ask("\(number)") == .message(.answer("\(number)")))
                peers.append(peer)
            }
            for stranger in strangers { #expect(try await stranger.next().errorCode == .notAllowed) }
        }
    }
}
