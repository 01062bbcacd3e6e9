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
    @Test("A slow reader loses some of it where the sender aborts, and nothing where it does not")
    func lost() async throws {
        let result = try await LastMessage().run(in: Laboratory(chat: try Chat(), semaphore: Semaphore(4)))
        let lost = result.measures.filter { $0.quantity == .bytesLostToSlowReader }
        #expect(Set(lost.map(\.strategy)) == Set(CloseStrategy.allCases))
        #expect(Set(lost.filter { $0.value > 0 }.map(\.strategy)) == [.reset, .unread, .disconnect])
        // Both sides are told something, and those that lost nothing are told of no error.
        #expect(result.figures.count == 2 * CloseStrategy.allCases.count)
        for figure in result.figures {
            let aborts = ["reset", "unread", "disconnect"].contains { figure.name.hasPrefix("--close \($0),") }
            #expect(figure.value.contains("reader told ECONNRESET") == aborts, "\(figure.name)")
            #expect(figure.value.contains("; sender told: "))
        }
    }
}
