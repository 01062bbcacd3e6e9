import ChatProtocol
import Testing

@Suite("A server whose descriptor table is full", .serialized, .timeLimit(.minutes(5)))
struct DescriptorTableTests {
    private static let limited = ["prlimit", "--nofile=32"]

    @Test("It tells one client more that there is no room, serves the others, and recovers")
    func full() async throws {
        let finished = try await withServer(wrapper: Self.limited) { server in
            let state = ProcessState(process: server.process)
            let before = try state.descriptors
            var served: [Peer] = []
            while true {
                let peer = try await Peer.connect(to: server.endpoint)
                let event = try await peer.ask("one")
                guard event == .message(.answer("one")) else {
                    #expect(event == .message(.error(.busy, "the server has no descriptor left")))
                    #expect(try await peer.next() == .endOfStream)
                    break
                }
                served.append(peer)
            }
            #expect(try state.descriptors == 32)
            #expect(served.count == 32 - before)
            for peer in served { #expect(try await peer.ask("two") == .message(.answer("two"))) }

            try served.removeLast().close()
            try await eventually("a descriptor is free") { try state.descriptors == 31 }
            let next = try await Peer.connect(to: server.endpoint)
            #expect(try await next.ask("three") == .message(.answer("three")))
            try next.close()
            for peer in served { try peer.close() }
            try await eventually("as many descriptors as before") { try state.descriptors == before }
            let client = try await runClient(server, input: "four\n")
            #expect(client.output == "four\n")
        }
        #expect(finished.errors.contains("descriptor table full"))
    }

    @Test("Where there is no descriptor for a co-process, the question gets error 9, and the server goes on")
    func noRoomForCoProcess() async throws {
        try await withServer(["--answer", "exec:cat", "--log-level", "debug"], wrapper: Self.limited) { server in
            let state = ProcessState(process: server.process)
            // The first process makes what all others use.
            let first = try await Peer.connect(to: server.endpoint)
            #expect(try await first.ask("one") == .message(.answer("one")))
            var silent: [Peer] = []
            while try state.descriptors < 31 {
                let peer = try await Peer.connect(to: server.endpoint)
                try await server.log.contains("client=\(peer.local) [ChatServer] connected")
                silent.append(peer)
            }
            let withFirst = 31 - silent.count
            let unlucky = try await Peer.connect(to: server.endpoint)
            #expect(
                try await unlucky.ask("one")
                    == .message(.error(.answererFailed, "the answering process did not start")))
            for peer in [unlucky] + silent { try peer.close() }
            try await eventually("as many descriptors as before") { try state.descriptors == withFirst }
            #expect(try await first.ask("two") == .message(.answer("two")))
            let next = try await Peer.connect(to: server.endpoint)
            #expect(try await next.ask("three") == .message(.answer("three")))
        }
    }
}
