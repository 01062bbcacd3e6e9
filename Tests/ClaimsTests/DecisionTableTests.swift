import Foundation
import TCPSockets
import Testing

@testable import Claims
@testable import Recordings
@testable import TestSupport

@Suite("The decision tables of the documents")
struct DecisionTableTests {
    @Test("say what the program says of a whole run, but for the figures", arguments: ["README.md", "docs/results.md"])
    func agree(_ document: String) throws {
        let table = try Self.table(in: document)
        let headings = try #require(table.first)
        #expect(headings == Array(Remedy.headings.prefix(headings.count)))
        let remedies = Report.wholeRun.remedies
        for row in table.dropFirst() {
            let remedy = try #require(remedies.first { $0.name == row[0] }, "\(row[0])")
            #expect(row.map(withoutFigures) == remedy.entries.prefix(headings.count).map(withoutFigures))
        }
    }

    @Test("are whole in the results: every remedy, and nothing left open")
    func whole() throws {
        let table = try Self.table(in: "docs/results.md")
        #expect(table.dropFirst().map { $0[0] } == Report.wholeRun.remedies.map(\.name))
        #expect(!table.joined().contains("?") && !table.joined().contains(""))
    }

    /// The rows of the table whose first heading is that of remedies, without markup.
    private static func table(in document: String) throws -> [[String]] {
        let root = URL(filePath: #filePath).appending(path: "../../..").standardized
        let lines = try String(contentsOf: root.appending(path: document), encoding: .utf8).split(separator: "\n")
        let table = lines.drop { !$0.hasPrefix("| \(Remedy.headings[0]) |") }.prefix { $0.hasPrefix("|") }
        return table.filter { !$0.hasPrefix("|---") }.map { line in
            line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false).map {
                $0.filter { $0 != "`" && $0 != "*" }.trimmingCharacters(in: .whitespaces)
            }
        }
    }
}

private func withoutFigures(_ text: String) -> String {
    text.replacing(/[0-9][0-9.,]*/, with: "n")
}

extension Report {
    /// A run of everything that a decision needs, as Linux answers.
    fileprivate static var wholeRun: Report {
        let strategies = CloseStrategy.allCases
        let others: [CellResult] = [
            CellResult(Cell(bind: .implicit)), CellResult(Cell(reuseAddress: .both)),
            CellResult(Cell(reuseAddress: .both, timestamps: false), connect: .failed(.addressNotAvailable)),
        ]
        let cells = strategies.flatMap { strategy in
            [Cell.ServerClose.first, .last].map { cell(Cell(close: strategy, serverClose: $0)) }
        }
        let measures = strategies.flatMap { strategy -> [Measure] in
            let isHeld = cell(Cell(close: strategy)).outcome.timeWait == .client
            return [
                Measure(.bytesLostOnce, strategy, strategy.resets ? 5 : 0),
                Measure(.bytesLostToTalkingPeer, strategy, [.passive, .halfClose].contains(strategy) ? 0 : 5),
                Measure(.closeSeconds, strategy, strategy == .linger ? 1 : 0),
                Measure(.connectionsPerSecond, strategy, isHeld ? 470.5 : .infinity),
            ]
        }
        return .madeUp(
            cells + others, experiments: [ExperimentResult("made-up", [], recordings: [], measures: measures)])
    }

    private static func cell(_ cell: Cell) -> CellResult {
        if cell.close.resets { return CellResult(cell, timeWait: .none) }
        let isServerFirst = [.delay, .passive].contains(cell.close) && cell.serverClose == .first
        return isServerFirst
            ? CellResult(cell, timeWait: .server)
            : CellResult(cell, connect: nil, bind: .failed(.addressInUse), timeWait: .client)
    }
}

extension CloseStrategy {
    fileprivate var resets: Bool { [.reset, .unread, .disconnect].contains(self) }
}
