import Bench
import Recordings
import TCPSockets
import Testing

@testable import Scenes
@testable import TestSupport

@Suite("Sockets in the laboratory's hands", .enabled(if: laboratoryIsPossible), .timeLimit(.minutes(5)))
struct HeldSocketTests {
    @Test("What was closed is closed, also while programs are being started: its port can be bound at once")
    func close() async throws {
        let world = try await World()
        let port = Endpoint(world.server.address(.v4), port: 7000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while !Task.isCancelled { _ = try? await world.client.run(["true"]) { _ in } }
                }
            }
            for _ in 0..<300 {
                let listener = try await HeldSocket(on: world.server, port) { try $0.listen() }
                try listener.close()
            }
            group.cancelAll()
        }
    }
}
