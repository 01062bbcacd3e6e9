import TCPSockets
import Testing

@testable import Bench
@testable import Claims
@testable import Experiments
@testable import Scenes
@testable import TestSupport

@Suite(
    "A long last message", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"), .timeLimit(.minutes(5)))
struct LastMessageTests {
    private static let abortive: Set<CloseStrategy> = [.reset, .unread, .disconnect]
    /// Those that close only when their peer has read all.
    private static let complete: Set<CloseStrategy> = [.passive, .halfClose]

    @Test(
        "A silent reader loses some of it where the sender aborts; one that talks, where the sender does not wait for it"
    )
    func lost() async throws {
        let result = try await LastMessage().run(in: Laboratory(chat: try Chat(), semaphore: Semaphore(4)))
        let all = Set(CloseStrategy.allCases)
        func losing(_ quantity: Measure.Quantity) -> Set<CloseStrategy> {
            let measures = result.measures.filter { $0.quantity == quantity }
            #expect(Set(measures.map(\.strategy)) == all)
            return Set(measures.filter { $0.value > 0 }.map(\.strategy))
        }
        #expect(losing(.bytesLostToSlowReader) == Self.abortive)
        #expect(losing(.bytesLostToTalkingPeer) == all.subtracting(Self.complete))
        // Both sides are told something, and those that lost nothing are told of no error.
        #expect(result.figures.count == Bulk.Reader.allCases.count * all.count)
        for strategy in all {
            for reader in Bulk.Reader.allCases {
                let name = "--close \(strategy.rawValue), \(reader.rawValue) reader"
                let value = try #require(result.figures.first { $0.name == name }?.value)
                let loses = reader == .talking ? !Self.complete.contains(strategy) : Self.abortive.contains(strategy)
                #expect(value.contains("reader told ECONNRESET") == loses, "\(name)")
                #expect(value.contains("; sender told: "))
            }
        }
    }
}
