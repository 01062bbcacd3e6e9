import ChatProtocol
import Glibc
import Testing

@Suite("Signals end a client", .serialized, .timeLimit(.minutes(5)))
struct SignalTests {
    @Test(
        "SIGINT gives 130 and SIGTERM 143, while a question is unanswered, and the server sees an end of stream",
        arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(CInt, CInt)])
    func whileWaiting(signal: CInt, status: CInt) async throws {
        let server = try FakeServer()
        let client = try await withProgram(clientCommand(server.port)) { client in
            let peer = try await server.accept()
            try client.type("hello\n")
            #expect(try await peer.next() == .message(.question("hello")))
            client.signal(signal)
            #expect(try await peer.next() == .endOfStream)
        }
        #expect(client.errors == "")
        #expect(client.status == status)
    }

    @Test(
        "So they do while the client waits for the server's FIN",
        arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(CInt, CInt)])
    func whileClosing(signal: CInt, status: CInt) async throws {
        let server = try FakeServer()
        let arguments = ["--close", "passive", "--close-timeout", "1000"]
        let client = try await withProgram(clientCommand(server.port, arguments)) { client in
            let peer = try await server.accept()
            try client.type("exit\n")
            #expect(try await peer.next() == .message(.exit))
            client.signal(signal)
            #expect(try await peer.next() == .endOfStream)
        }
        #expect(client.status == status)
    }
}
