import ChatProtocol
import Foundation
import TCPSockets
import Testing

@Suite("The server's trace tells how each conversation ended", .serialized, .timeLimit(.minutes(5)))
struct ConversationEventTests {
    /// The events of a trace, whatever else stands on standard error.
    private func events(_ text: String) -> [TraceLine] {
        text.split(separator: "\n").compactMap { line in
            let read = try? JSONDecoder().decode(TraceLine.self, from: Data(line.utf8))
            if case .event = read?.subject { return read }
            return nil
        }
    }

    private func over(_ client: Endpoint, _ ending: String, code: ErrorCode? = nil) -> [String: TraceLine.Value] {
        var arguments: [String: TraceLine.Value] = ["address": .text("\(client)"), "ending": .text(ending)]
        if let code { arguments["code"] = .integer(Int(code.rawValue)) }
        return arguments
    }

    /// Ends one conversation, and checks that its event is the only one; the log says nothing of it.
    private func check(
        _ ending: String, code: ErrorCode? = nil, _ flags: [String] = [], _ end: (Peer) async throws -> Void
    ) async throws {
        var expected: [String: TraceLine.Value] = [:]
        let finished = try await withServer(
            ["--answer", "echo", "--trace", "json", "--log-level", "error"] + flags
        ) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            expected = over(peer.local, ending, code: code)
            try await end(peer)
            try await server.log.contains("conversation-over")
        }
        let events = events(finished.errors)
        #expect(events.map(\.subject) == [.event("conversation-over")])
        #expect(events.map(\.arguments) == [expected])
    }

    @Test("exit") func exit() async throws {
        try await check("exit") { try await $0.send(.exit) }
    }

    @Test("end of stream") func endOfStream() async throws {
        try await check("end of stream") { try $0.close() }
    }

    @Test("truncated") func truncated() async throws {
        try await check("truncated") { peer in
            try await peer.send([0, 0])
            try peer.shutdownSending()
        }
    }

    @Test("reset") func reset() async throws {
        try await check("reset") { peer in
            #expect(try await peer.ask("one") == .message(.answer("one")))
            try peer.reset()
        }
    }

    @Test("refused, with the number of the error") func refused() async throws {
        try await check("refused", code: .outOfPlace) { peer in
            try await peer.send(.answer("unasked"))
            #expect(try await peer.next().errorCode == .outOfPlace)
            try peer.close()
        }
    }

    @Test("refused, to a client that was silent too long") func idle() async throws {
        try await check("refused", code: .idleTooLong, ["--idle-timeout", "0.2"]) { peer in
            #expect(try await peer.next().errorCode == .idleTooLong)
            try peer.close()
        }
    }

    @Test("A server that never closes tells of the leak when exit has come")
    func leaked() async throws {
        var address = ""
        let finished = try await withServer(["--answer", "echo", "--trace", "json", "--close", "never"]) { server in
            let peer = try await Peer.connect(to: server.endpoint)
            address = "\(peer.local)"
            try await peer.send(.exit)
            try await server.log.contains("conversation-leaked")
            try peer.close()
        }
        let leak = try #require(events(finished.errors).first)
        #expect(leak.subject == .event("conversation-leaked"))
        #expect(leak.arguments == ["address": .text(address)])
    }
}
