import TCPSockets
import Testing

@testable import TimeWaitLab

@Suite(
    "Cells that run again", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"), .serialized,
    .timeLimit(.minutes(2)))
struct StabilityTests {
    private static let strategies: [CloseStrategy] = [.active, .passive, .halfClose, .reset, .unread, .linger]

    /// Everything in an outcome but the time that close() took.
    private struct Verdict: Hashable, CustomStringConvertible {
        let description: String

        init(_ outcome: Outcome) {
            description = [
                "\(outcome.firstToClose)", "\(outcome.ending)", "\(outcome.timeWait)", "\(outcome.serverSaw)",
                outcome.reconnect.bind, outcome.reconnect.connect ?? "-", "\(outcome.bytesSent)",
                "\(outcome.bytesLost)", outcome.resetCause.map { "\($0)" } ?? "-",
            ].joined(separator: " ")
        }
    }

    private static let expected = [
        CloseStrategy.active: "client fin client exit EADDRINUSE - 16 0 -",
        .passive: "server fin server exit ok ok 16 0 -",
        .halfClose: "client fin client exit EADDRINUSE - 16 0 -",
        .reset: "client rst none reset ok ok 16 6 lingerZero",
        .unread: "client fin client exit EADDRINUSE - 16 0 -",
        .linger: "client fin client exit EADDRINUSE - 16 0 -",
    ]

    /// Runs each cell so many times, and gives what came of each.
    private func verdicts(times: Int) async throws -> [CloseStrategy: Set<String>] {
        let chat = try Chat()
        let cells = Self.strategies.map { strategy in
            var cell = Cell()
            cell.close = strategy
            return cell
        }
        let recordings = try await withThrowingTaskGroup(of: [CellRecording].self) { group in
            // As many pairs of hosts side by side as this machine has processors, or nearly.
            for _ in 0..<2 {
                group.addTask {
                    let repeated = (0..<(times / 2)).flatMap { _ in cells }
                    return try await run(repeated, in: try await World(), chat)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(recordings.count == times * cells.count)
        return try recordings.reduce(into: [:]) { verdicts, recording in
            verdicts[recording.cell.close, default: []].insert(Verdict(try Outcome(recording)).description)
        }
    }

    @Test("have the same outcome each time")
    func quiet() async throws {
        #expect(try await verdicts(times: 12) == Self.expected.mapValues { [$0] })
    }

    @Test("have the same outcome while other threads take every processor")
    func busy() async throws {
        let isOver = Watched(false)
        for _ in 0..<2 {
            try startThread { while !isOver.state {} }
        }
        defer { isOver.change { $0 = true } }
        #expect(try await verdicts(times: 8) == Self.expected.mapValues { [$0] })
    }
}
