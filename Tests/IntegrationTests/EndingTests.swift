import ChatProtocol
import Testing

@Suite("The server's log tells the ends of a conversation apart", .serialized, .timeLimit(.minutes(5)))
struct EndingTests {
    private func ending(_ end: (Peer) async throws -> Void) async throws -> String {
        var ending = ""
        try await withServer { server in
            let peer = try await Peer.connect(to: server.endpoint)
            #expect(try await peer.ask("one") == .message(.answer("one")))
            try await end(peer)
            try await server.log.until("client=\(peer.local) ending=")
            ending = String(try await server.log.until(" [").dropLast(2))
        }
        return ending
    }

    @Test("An exit frame")
    func exit() async throws {
        let ending = try await ending { try await $0.send(.exit) }
        #expect(ending == "exit")
    }

    @Test("An exit frame, and then a reset")
    func exitAndReset() async throws {
        let ending = try await ending { peer in
            try await peer.send(.exit)
            try peer.reset()
        }
        #expect(ending == "exit")
    }

    @Test("FIN between two frames")
    func endOfStream() async throws {
        let ending = try await ending { try $0.close() }
        #expect(ending == "end of stream")
    }

    @Test("FIN inside a frame", arguments: 1...9)
    func truncated(after count: Int) async throws {
        let ending = try await ending { peer in
            try await peer.send(Array(Frame.bytes(of: .question("hello"))[..<count]))
            try peer.close()
        }
        #expect(ending == "truncated")
    }

    @Test("RST between two frames")
    func reset() async throws {
        let ending = try await ending { try $0.reset() }
        #expect(ending == "reset")
    }

    @Test("RST inside an exit frame", arguments: 1...4)
    func resetInsideExit(after count: Int) async throws {
        let ending = try await ending { peer in
            try await peer.send(Array(Frame.bytes(of: .exit)[..<count]))
            try peer.reset()
        }
        #expect(ending == "reset")
    }

    @Test("A client that resets while its question is with the operator is noticed at once")
    func resetWhileWaiting() async throws {
        try await withServer(["--answer", "operator", "--log-level", "debug"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            try await peer.send(.question("one"))
            try await server.log.until("client=\(peer.local) [ChatServer] connected")
            // A second question, which stays unread until the first has its answer.
            try await peer.send(.question("two"))
            try peer.reset()
            try await server.log.until("client=\(peer.local) ending=reset")
        }
    }

    @Test(
        "A frame that breaks the protocol, with the error frame that the client gets",
        arguments: [
            ([0, 0, 0, 0], .frameTooLarge), ([0, 1, 0, 1], .frameTooLarge), ([0, 0, 0, 1, 9], .unknownKind),
            ([0, 0, 0, 2, 1, 0xFF], .notUTF8), ([0, 0, 0, 1, 2], .outOfPlace), ([0, 0, 0, 2, 3, 0], .outOfPlace),
            ([0, 0, 0, 35, 7, 1, 0x61] + [UInt8](repeating: 7, count: 32), .outOfPlace),
        ] as [([UInt8], ErrorCode)])
    func violation(bytes: [UInt8], code: ErrorCode) async throws {
        let ending = try await ending { peer in
            try await peer.send(bytes)
            #expect(try await peer.next().errorCode == code)
            #expect(try await peer.next() == .endOfStream)
            try peer.close()
        }
        #expect(ending == "refused: \(code)")
    }

    @Test("What a refused client still sends does not cost it the error frame")
    func floodAfterViolation() async throws {
        let flood = [0, 0, 0, 1, 9] + [UInt8](repeating: 0x41, count: 100_000)
        let ending = try await ending { peer in
            try await peer.send(flood)
            #expect(try await peer.next().errorCode == .unknownKind)
            #expect(try await peer.next() == .endOfStream)
            try peer.close()
        }
        #expect(ending == "refused: unknown kind")
    }
}
