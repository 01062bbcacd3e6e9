import Glibc
import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import TestSupport

/// A wire that goes dead under an established connection. The kernels give up after the first retransmissions here and not
/// after a quarter of an hour (tcp_retries2).
@Suite(
    "A connection that nothing crosses any more",
    .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"), .serialized, .timeLimit(.minutes(5)))
struct LostConnectionTests {
    private static let impatient = ["net.ipv4.tcp_retries2": "1"]

    /// Loses whatever a side says.
    private func deaf(to side: Side) -> MatchRule { MatchRule(from: side, .drop) { !$0.payload.isEmpty } }

    @Test("ends for the client by ETIMEDOUT, when its question gets no ACK")
    func client() async throws {
        let world = try await World(sysctls: Self.impatient)
        let chat = try Chat()
        try await world.withServer(chat) { [self] server async throws in
            world.wire.obey([deaf(to: .client)])
            let client = try await world.converse(chat, with: server.endpoint, [])
            #expect(client.status == 74)
            #expect(client.calls.contains { $0.errno == .timedOut })
            #expect(client.lines.isEmpty)
        }
    }

    @Test("ends for the server as timed out, when its answer gets no ACK")
    func server() async throws {
        let world = try await World(sysctls: Self.impatient)
        let chat = try Chat()
        try await world.withServer(chat) { [self] server async throws in
            world.wire.obey([deaf(to: .server)])
            let client = chat.client(to: server.endpoint, ["--local-port", "50001"])
            _ = try await world.client.run(client) { program async throws in
                program.say(Chat.question)
                let end = Endpoint(world.client.address(.v4), port: 50_001)
                #expect(try await server.ending(of: end) == .timedOut)
                program.signal(SIGKILL)
            }
        }
    }
}
