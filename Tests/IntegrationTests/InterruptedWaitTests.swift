import Glibc
import TCPSockets
import Testing

@Suite("Signals while the client waits for the kernel", .serialized, .timeLimit(.minutes(5)))
struct InterruptedWaitTests {
    private func close(timeout: String, _ signal: CInt) async throws -> Finished {
        var client: Finished?
        try await withServer(["--answer", "echo", "--close", "never"]) { server in
            let arguments = ["--close", "passive", "--close-timeout", timeout]
            client = try await withProgram(clientCommand(server.port, arguments)) { client in
                try client.type("exit\n")
                try await server.log.contains("leaked")
                client.signal(signal)
            }
        }
        return try #require(client)
    }

    @Test("A terminal that changes its size does not end the wait for the server's FIN: the time does")
    func resize() async throws {
        let client = try await close(timeout: "1", SIGWINCH)
        #expect(client.errors.contains("the server did not close within"))
        #expect(client.errors.contains("closing first\n"))
        #expect(client.status == 0)
    }

    @Test(
        "A signal that ends the program ends that wait",
        arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(CInt, CInt)])
    func ending(signal: CInt, status: CInt) async throws {
        let client = try await close(timeout: "1000", signal)
        #expect(client.errors == "")
        #expect(client.status == status)
    }

    @Test(
        "It ends a connect() that nobody answers as well",
        arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(CInt, CInt)])
    func connecting(signal: CInt, status: CInt) async throws {
        // A queue of length 0 has room for one; what the kernel gets after that it drops.
        let server = try FakeServer(backlog: 0)
        let first = try await Peer.connect(to: server.endpoint)
        let client = try await withProgram(clientCommand(server.port, ["--connect-timeout", "1000"])) { client in
            try await eventually("the client waits in connect()") {
                try SocketTable().entries().contains { $0.remote == server.endpoint && $0.state == .synSent }
            }
            client.signal(signal)
        }
        #expect(client.errors == "")
        #expect(client.output == "")
        #expect(client.status == status)
        try first.close()
    }
}
