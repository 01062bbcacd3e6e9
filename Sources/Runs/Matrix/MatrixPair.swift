import Bench
import Recordings
import Scenes
import Stories
import TCPSockets

/// A pair of hosts with one server, which runs one cell after the other until one fails.
struct MatrixPair: Sendable {
    let run: MatrixRun
    let cells: [Cell]
    let firstPort: UInt16
    let permit: Permit
    /// What became of how many of the cells.
    let results = ConditionVariable((MatrixRun.Results(), count: 0))
    /// How long `--close delay` waits, so that the server closes first: milliseconds.
    private let delay: ConditionVariable<Int>

    init(run: MatrixRun, cells: [Cell], firstPort: UInt16, permit: Permit) {
        (self.run, self.cells, self.firstPort, self.permit) = (run, cells, firstPort, permit)
        delay = ConditionVariable(run.closeDelay)
    }

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
            let start = monotonicSeconds()
            do {
                let (cellRun, result) = try await runUnhurried(cell, firstPort + UInt16(index), world, server)
                results.change {
                    $0.0.cells.append(result)
                    $0.count += 1
                }
                run.progress()
                if !result.outcome.reconnect.succeeded { waiting.append((cellRun, index)) }
            } catch {
                fail(cell, error, isCounted: true, [world.journal.recording("hosts", since: start)])
                break
            }
        }
        return waiting
    }

    /// Runs a cell, and runs it again where its premise failed: `--close delay` is there to let the server close first, and on a
    /// slow machine the delay may be over before the server program has come to it.
    private func runUnhurried(
        _ cell: Cell, _ port: UInt16, _ world: World, _ server: ListeningServer
    ) async throws -> (CellRun, CellResult) {
        var port = port
        while true {
            let cellRun = CellRun(
                cell: cell, world: world, server: server, chat: run.chat, port: port, delay: delay.state)
            let recording = try await cellRun.run()
            let result = CellResult(recording: recording, outcome: try Outcome(recording))
            let isHasty = cell.close == .delay && cell.serverClose == .first && result.outcome.firstToClose != .server
            guard isHasty, cellRun.delay < Cell.longestCloseDelay else { return (cellRun, result) }
            let longer = delay.change { delay in
                delay = max(100, 2 * delay)
                return delay
            }
            results.change { $0.0.longestDelay = longer }
            // The old one may be in TIME-WAIT. The other cells take the ports behind their own as well.
            port += 100
        }
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

    private func fail(_ cell: Cell, _ error: any Error, isCounted: Bool, _ recordings: [Recording] = []) {
        let failure = RunFailure(
            id: cell.id, reason: "\(error)", recordings: recordings.filter { !$0.segments.isEmpty })
        results.change {
            $0.0.failures.append(failure)
            if isCounted { $0.count += 1 }
        }
        if isCounted { run.progress() }
    }
}
