import Bench
import Recordings
import Stories

/// A pair of hosts with one server, which runs one cell after the other until one fails.
struct MatrixPair: Sendable {
    let run: MatrixRun
    let cells: [Cell]
    let firstPort: UInt16
    let permit: Permit
    /// What became of how many of the cells.
    let results = ConditionVariable((MatrixRun.Results(), count: 0))

    /// Runs the cells; where hosts or server cannot be made, the first cell has failed.
    func run() async {
        guard let surroundings = cells.first?.surroundings else { return }
        do {
            let world = try await World(sysctls: surroundings.sysctls)
            try await world.withServer(run.chat, surroundings.family, surroundings.serverArguments) { server in
                let waiting = try await runCells(world, server)
                guard run.waitsForTimeWait else { return }
                await permit.release()
                for (cell, index) in waiting { try await wait(for: cell, index) }
            }
        } catch {
            let count = results.read { $0.count }
            // What goes wrong behind a cell that has failed already is a consequence.
            let isNews = results.read { $0.0.failures.isEmpty }
            if isNews { fail(cells[min(count, cells.count - 1)], error, isCounted: count < cells.count) }
        }
    }

    /// - Returns: The cells that could not connect again.
    private func runCells(_ world: World, _ server: ListeningServer) async throws -> [(CellRun, Int)] {
        var waiting: [(CellRun, Int)] = []
        for (index, cell) in cells.enumerated() {
            try Task.checkCancellation()
            let cellRun = CellRun(
                cell: cell, world: world, server: server, chat: run.chat, port: firstPort + UInt16(index))
            do {
                let recording = try await cellRun.run()
                let result = CellResult(recording: recording, outcome: try Outcome(recording))
                results.change {
                    $0.0.cells.append(result)
                    $0.count += 1
                }
                run.progress()
                if !result.outcome.reconnect.succeeded { waiting.append((cellRun, index)) }
            } catch {
                fail(cell, error, isCounted: true)
                break
            }
        }
        return waiting
    }

    private func wait(for cellRun: CellRun, _ index: Int) async throws {
        let recording = results.read { $0.0.cells[index].recording }
        do {
            let seconds = try await cellRun.untilFree(recording)
            results.change { $0.0.cells[index].recording.freeAfter = seconds }
        } catch {
            try Task.checkCancellation()
            fail(cellRun.cell, error, isCounted: false)
        }
    }

    private func fail(_ cell: Cell, _ error: any Error, isCounted: Bool) {
        let failure = RunFailure(id: cell.id, reason: "\(error)")
        results.change {
            $0.0.failures.append(failure)
            if isCounted { $0.count += 1 }
        }
        if isCounted { run.progress() }
    }
}
