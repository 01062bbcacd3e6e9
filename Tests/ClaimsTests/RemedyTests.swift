import TCPSockets
import Testing

@testable import Claims
@testable import Recordings
@testable import TestSupport

@Suite("The table of remedies")
struct RemedyTests {
    private func cell(_ change: (inout Cell) -> Void, connect: CallResult? = .ok) -> CellResult {
        var cell = Cell()
        change(&cell)
        let isBound = connect != nil
        return CellResult(
            cell, connect: connect, bind: isBound ? .ok : .failed(.addressInUse), timeWait: isBound ? .none : .client)
    }

    private func remedy(
        _ strategy: CloseStrategy, connect: CallResult?, withServerLast: CallResult?? = nil, _ measures: Measure...
    ) throws -> Remedy {
        var cells = [cell({ $0.close = strategy }, connect: connect)]
        if let last = withServerLast {
            cells.append(cell({ ($0.close, $0.serverClose) = (strategy, .last) }, connect: last))
        }
        let experiment = ExperimentResult("made-up", [], recordings: [], measures: measures)
        return try #require(Report.madeUp(cells, experiments: [experiment]).remedies.first)
    }

    @Test("says what was seen: a port that is held or free, and by whom")
    func ports() throws {
        let held = try remedy(.active, connect: nil)
        #expect(held.fixedPort == .held)
        #expect(held.pays == "client")
        let free = try remedy(.active, connect: .ok)
        #expect(free.fixedPort == .free)
        #expect(free.pays == "nobody")
    }

    @Test("leaves open what was not looked at")
    func unknown() throws {
        let remedy = try remedy(.active, connect: nil)
        #expect((remedy.losesToSilentPeer, remedy.losesToTalkingPeer) == (nil, nil))
        #expect((remedy.blocks, remedy.sustains, remedy.advice) == (nil, nil, nil))
        #expect(remedy.entries.filter { $0 == "?" }.count == 5)
        // That it frees the port is no advice as long as nobody knows what it costs, or whether it needs the server.
        #expect(try self.remedy(.reset, connect: .ok).advice == nil)
        #expect(try self.remedy(.reset, connect: .ok, Measure(.bytesLostOnce, .reset, 0)).advice == nil)
    }

    @Test("names the worst loss, the time in close() and the rate that were measured")
    func measures() throws {
        let remedy = try remedy(
            .linger, connect: nil, Measure(.bytesLostOnce, .linger, 5), Measure(.bytesLostToSlowReader, .linger, 90),
            Measure(.bytesLostToTalkingPeer, .linger, 3_814_976), Measure(.closeSeconds, .linger, 1.5),
            Measure(.connectionsPerSecond, .linger, 470.5))
        #expect(remedy.losesToSilentPeer == "yes: 90 bytes here")
        #expect(remedy.losesToTalkingPeer == "yes: 3,814,976 bytes here")
        #expect(remedy.blocks == "yes: 1,500 ms here")
        #expect(remedy.sustains == "470")
        #expect(
            try self.remedy(.linger, connect: nil, Measure(.connectionsPerSecond, .linger, .infinity)).sustains
                == "no limit by TIME-WAIT")
    }

    @Test("advises against what loses data, and for what frees the port without")
    func advice() throws {
        let loses = try remedy(.reset, connect: .ok, Measure(.bytesLostOnce, .reset, 5))
        #expect(loses.advice?.hasPrefix("only to drop a peer") == true)
        let nothing = Measure(.bytesLostOnce, .reset, 0)
        let keeps = try remedy(.reset, connect: .ok, withServerLast: .ok, nothing)
        #expect(keeps.advice == "prefer it on a fixed port")
        let passive = try remedy(
            .passive, connect: .ok, withServerLast: .some(nil), Measure(.bytesLostOnce, .passive, 0))
        #expect(passive.advice == "prefer it on a fixed port, with a server that closes first")
    }

    @Test("sends to half-close who would lose data to a peer that talks, and nobody else")
    func talkingPeer() throws {
        let nothing = Measure(.bytesLostOnce, .active, 0)
        let silent = try remedy(.active, connect: nil, withServerLast: .some(nil), nothing)
        #expect(silent.advice == "right with an ephemeral port")
        let safe = try remedy(
            .active, connect: nil, withServerLast: .some(nil), nothing, Measure(.bytesLostToTalkingPeer, .active, 0))
        #expect(safe.losesToTalkingPeer == "nothing")
        #expect(safe.advice == silent.advice)
        let dangerous = try remedy(
            .active, connect: nil, withServerLast: .some(nil), nothing, Measure(.bytesLostToTalkingPeer, .active, 9))
        #expect(
            dangerous.advice == "right with an ephemeral port; where data matters, half-close and read to the end")
    }

    @Test(
        "says on what SO_REUSEADDR depends",
        arguments: [
            (CallResult.ok, CallResult.failed(.addressNotAvailable), "with"),
            (.failed(.addressNotAvailable), .ok, "without"),
        ])
    func reuseAddress(with: CallResult, without: CallResult, word: String) throws {
        let cells = [
            cell({ _ in }, connect: nil), cell({ $0.reuseAddress = .both }, connect: with),
            cell({ ($0.reuseAddress, $0.timestamps) = (.both, false) }, connect: without),
        ]
        let remedy = try #require(Report.madeUp(cells).remedies.last)
        #expect(remedy.name == "SO_REUSEADDR on every client socket")
        #expect(remedy.fixedPort?.rawValue == "\(word) timestamps")
        #expect(remedy.advice?.hasPrefix("it helps \(word) TCP timestamps only") == true)
    }

    @Test("takes over what was measured without a fixed port or with SO_REUSEADDR, where the cells show no difference")
    func takenOver() throws {
        let measures = [Measure(.bytesLostOnce, .active, 0), Measure(.closeSeconds, .active, 0.001)]
        let others = [cell { $0.bind = .implicit }, cell { $0.reuseAddress = .both }, cell(Self.withoutTimestamps)]
        func remedies(_ cells: [CellResult], _ measures: [Measure] = measures) -> ArraySlice<Remedy> {
            Report.madeUp(cells, experiments: [ExperimentResult("made-up", [], recordings: [], measures: measures)])
                .remedies.suffix(2)
        }
        let alike = remedies([cell { _ in }] + others)
        #expect(alike.map(\.losesToSilentPeer) == ["nothing", "nothing"] && alike.map(\.blocks) == ["no", "no"])
        #expect(alike.map(\.fixedPort) == [.notNeeded, .free])
        #expect(alike.last?.sustains == "no limit by TIME-WAIT")
        let unmeasured = remedies([cell { _ in }] + others, [])
        #expect(unmeasured.allSatisfy { $0.losesToSilentPeer == nil && $0.blocks == nil })
        let lossy = remedies([CellResult(Cell(), bytesLost: 5, closeSeconds: 1)] + others)
        #expect(lossy.allSatisfy { $0.losesToSilentPeer == nil && $0.blocks == nil })
    }

    private static func withoutTimestamps(_ cell: inout Cell) {
        (cell.reuseAddress, cell.timestamps) = (.both, false)
    }

    @Test("is empty without the cells of the article")
    func empty() {
        #expect(Report.madeUp([]).remedies.isEmpty)
    }
}
