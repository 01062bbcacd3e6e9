import TCPSockets
import Testing

@testable import Bench
@testable import Packets
@testable import Recordings
@testable import Stories
@testable import TestSupport

@Suite(
    "Cells that run again", .enabled(if: laboratoryIsPossible, "needs root and /dev/net/tun"), .serialized,
    .timeLimit(.minutes(5)))
struct StabilityTests {
    private static let strategies: [CloseStrategy] = [.active, .passive, .halfClose, .reset, .unread, .linger]

    /// Everything in an outcome but the time that close() took.
    private struct Verdict: Hashable, CustomStringConvertible {
        let description: String

        init(_ outcome: Outcome) {
            description = [
                "\(outcome.firstToClose)", "\(outcome.ending)", "\(outcome.timeWait)", "\(outcome.serverSaw)",
                "\(outcome.reconnect.bind)", outcome.reconnect.connect.map { "\($0)" } ?? "-", "\(outcome.bytesSent)",
                "\(outcome.bytesLost)", outcome.resetCause.map { "\($0)" } ?? "-",
            ].joined(separator: " ")
        }
    }

    private static let expected = [
        CloseStrategy.active: "client fin client exit EADDRINUSE - 14 0 -",
        .passive: "server fin server exit ok ok 14 0 -",
        .halfClose: "client fin client exit EADDRINUSE - 14 0 -",
        .reset: "client rst none exit ok ok 14 0 lingerZero",
        .unread: "client rst none exit ok ok 14 0 unreadData",
        .linger: "client fin client exit EADDRINUSE - 14 0 -",
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
            let verdict = Verdict(try Outcome(recording)).description
            if verdict != Self.expected[recording.cell.close] { Issue.record("\(recording.account)") }
            verdicts[recording.cell.close, default: []].insert(verdict)
        }
    }

    @Test("have the same outcome each time")
    func quiet() async throws {
        let verdicts = try await verdicts(times: 14)
        for strategy in Self.strategies { #expect(verdicts[strategy] == [Self.expected[strategy, default: ""]]) }
    }

    @Test("have the same outcome while other threads take every processor")
    func busy() async throws {
        let isOver = ConditionVariable(false)
        for _ in 0..<2 {
            try detachThread { while !isOver.state {} }
        }
        defer { isOver.change { $0 = true } }
        // So patient as the laboratory would be, had it measured a machine that is so busy.
        let verdicts = try await Pace.$current.withValue(Pace(start: .milliseconds(300))) {
            try await self.verdicts(times: 6)
        }
        for strategy in Self.strategies { #expect(verdicts[strategy] == [Self.expected[strategy, default: ""]]) }
    }
}

extension CellRecording {
    /// What crossed the wire, for whoever has to find out why it was not as ever.
    fileprivate var account: String {
        let lines = segments.map { captured in
            let segment = captured.segment
            let states = captured.deliveries.map { "\(Sides($0.before)) > \(Sides($0.after))" }.joined(separator: ", ")
            return "\(captured.number) \(captured.time) \(captured.from) \(segment.flags.rawValue) \(segment.sequence) "
                + "\(segment.payload.count) \(captured.fate) \(Sides(captured.states)): \(states)"
        }
        return lines.joined(separator: "\n")
    }
}
