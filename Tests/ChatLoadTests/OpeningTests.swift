import TCPSockets
import Testing

@testable import ChatLoad

@Suite("What chat-load says of connections that do not open", .timeLimit(.minutes(5)))
struct OpeningTests {
    @Test("Only a connect() that was called can have taken too long")
    func notCalled() throws {
        let listener = try TCPSocket(.v4)
        let result: LoadResult
        do {
            try listener.bind(to: Endpoint(.loopbackV4, port: 0))
            // Once one connection waits for accept(), the kernel drops all other SYNs.
            try listener.listen(backlog: 0)
            var configuration = LoadConfiguration(
                server: try listener.localEndpoint(), mode: .persistent, connections: 250, duration: .milliseconds(1),
                payload: 1, close: .active)
            configuration.connectTimeout = .milliseconds(200)
            configuration.grace = .milliseconds(1)
            result = try ChatLoad.run(configuration)
        } catch {
            try? listener.close()
            throw error
        }
        try listener.close()
        // As many as are opened at a time.
        #expect(result.errors["ETIMEDOUT"] == 100)
    }
}
