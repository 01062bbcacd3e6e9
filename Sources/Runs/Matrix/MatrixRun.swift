package import Bench
package import Recordings
import Scenes
import Synchronization

/// Runs cells: as many pairs of hosts side by side as there are surroundings, each with one server.
package struct MatrixRun: Sendable {
    /// What became of a number of cells.
    package struct Results: Sendable {
        /// The cells that have run.
        package internal(set) var cells: [CellResult] = []
        /// Those that could not be carried out.
        package internal(set) var failures: [RunFailure] = []
        /// How long `--close delay` had to wait at most, so that the server could close first: milliseconds.
        package internal(set) var longestDelay = 0
    }

    let chat: Chat
    /// Whether to wait until every port is free again.
    let waitsForTimeWait: Bool
    /// How many pairs of hosts work at the same time.
    let semaphore: Semaphore
    /// How long `--close delay` waits at first: milliseconds.
    let closeDelay: Int
    /// Told after each cell, whatever became of it.
    let progress: @Sendable () -> Void

    package init(
        chat: Chat, waitsForTimeWait: Bool = false, jobs: Int = 8, closeDelay: Int = Cell.closeDelay,
        progress: @escaping @Sendable () -> Void = {}
    ) {
        self.init(
            chat: chat, waitsForTimeWait: waitsForTimeWait, semaphore: Semaphore(jobs), closeDelay: closeDelay,
            progress: progress)
    }

    init(
        chat: Chat, waitsForTimeWait: Bool, semaphore: Semaphore, closeDelay: Int = Cell.closeDelay,
        progress: @escaping @Sendable () -> Void
    ) {
        self.chat = chat
        self.waitsForTimeWait = waitsForTimeWait
        self.semaphore = semaphore
        self.closeDelay = closeDelay
        self.progress = progress
    }

    /// - Returns: Results and failures, both in the order of the cells. Where the task was cancelled: what was carried out until
    ///   then.
    package func run(_ cells: [Cell]) async -> Results {
        let results = await withTaskGroup(of: Results.self) { group in
            for cells in Matrix.groups(cells) {
                group.addTask { await run(group: cells) }
            }
            return await group.reduce(into: Results()) {
                $0.cells += $1.cells
                $0.failures += $1.failures
                $0.longestDelay = max($0.longestDelay, $1.longestDelay)
            }
        }
        let order = Dictionary(uniqueKeysWithValues: cells.enumerated().map { ($1.id, $0) })
        return Results(
            cells: results.cells.sorted { order[$0.cell.id, default: 0] < order[$1.cell.id, default: 0] },
            failures: results.failures.sorted { order[$0.id, default: 0] < order[$1.id, default: 0] },
            longestDelay: results.longestDelay)
    }

    /// Runs cells that share their surroundings. Behind a failure the next cell gets hosts of its own: nobody knows
    /// what the failure has left on the old ones.
    private func run(group cells: [Cell]) async -> Results {
        let permit = Permit(semaphore)
        await permit.acquire()
        var results = Results()
        var rest = cells[...]
        while !rest.isEmpty, !Task.isCancelled {
            let pair = MatrixPair(run: self, cells: Array(rest), firstPort: Cell.firstPort, permit: permit)
            await pair.run()
            let (outcome, count) = pair.results.state
            results.cells += outcome.cells
            // What a cancelled task could not do is no failure.
            if !Task.isCancelled { results.failures += outcome.failures }
            results.longestDelay = max(results.longestDelay, outcome.longestDelay)
            rest = rest.dropFirst(count)
        }
        await permit.release()
        return results
    }
}
