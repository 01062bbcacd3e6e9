import Bench
import Packets
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

    @Test("A close() that waits because of SO_LINGER keeps no program from starting, and returns what close() returned")
    func lingeringClose() async throws {
        let isClosed = ConditionVariable(false)
        try await HeldPair.play(Laboratory(chat: try Chat(), semaphore: Semaphore(1)), over: .v4) { pair in
            pair.world.wire.obey([MatchRule(from: .client, .hold) { !$0.payload.isEmpty || $0.flags.contains(.fin) }])
            _ = try pair.client.use { try $0.send([0x78]) }
            _ = try pair.client.use { try $0.setLinger(seconds: 60) }
            async let closing: Void = pair.world.client.inside {
                try pair.client.close()
                isClosed.change { $0 = true }
            }
            try await pair.seen("the FIN") { $0.from == .client && $0.segment.flags.contains(.fin) }
            _ = try await pair.world.client.run(["true"]) { _ in }
            #expect(!isClosed.state)
            try pair.world.wire.letGo()
            try await closing
        }
        #expect(isClosed.state)
    }
}
