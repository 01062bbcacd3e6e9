import Foundation
import TCPSockets
import Testing

@Suite("The library's documentation", .timeLimit(.minutes(1)))
struct DocumentationTests {
    /// The example on the first page, line for line.
    private func example(_ server: Endpoint) throws -> TCPState? {
        let socket = try TCPSocket(.v4)
        if try socket.connect(to: server) == .inProgress {
            _ = try wait(for: [.output(socket.descriptor)])
            if let errno = try socket.pendingError() {
                _ = try socket.close(.reset)
                throw SocketError(.connect, errno, endpoint: server)
            }
        }
        _ = try socket.send(Array("hello".utf8)[...])
        let end = try socket.localEndpoint()
        _ = try socket.close(.halfClose)
        // Whoever sent the first FIN holds TIME-WAIT, and the kernel's table says so.
        let state = try SocketTable.find(local: end, remote: server)?.state
        return state
    }

    @Test("begins with an example that does what it says")
    func works() async throws {
        let listener = try Listener()
        let endpoint = listener.endpoint
        async let state = Task.detached { try example(endpoint) }.value
        let server = try listener.acceptNext()
        #expect(try server.readToEnd().end == .fin)
        try server.close()
        #expect(try await state == .timeWait)
    }

    @Test("shows what is tested here")
    func shown() throws {
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        let page = try String(
            contentsOfFile: "\(root)/Sources/TCPSockets/TCPSockets.docc/TCPSockets.md", encoding: .utf8)
        let here = try String(contentsOfFile: #filePath, encoding: .utf8)
        let shown = page.components(separatedBy: "```")[1].split(separator: "\n").dropFirst()
        #expect(shown.count >= 10)
        #expect(here.contains(shown.map { "        \($0)\n" }.joined()))
    }
}
