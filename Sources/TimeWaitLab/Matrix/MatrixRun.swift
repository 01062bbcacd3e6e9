internal import Synchronization
internal import TCPSockets

/// A cell that has run.
public struct CellResult: Sendable {
    public var recording: CellRecording
    public let outcome: Outcome

    public var cell: Cell { recording.cell }
}

/// Runs cells: as many pairs of hosts side by side as there are surroundings, each with one server.
public struct MatrixRun: Sendable {
    private static let firstPort: UInt16 = 50_001
    /// The ports of implicit binds stay away from the explicit ones.
    private static let portRange = "32768\t40999"

    let chat: Chat
    /// Whether to wait until every port is free again.
    let waitsForTimeWait: Bool
    /// How many pairs of hosts work at the same time.
    let jobs: Int
    /// Told after each cell.
    let progress: @Sendable (CellResult) -> Void

    public init(
        chat: Chat, waitsForTimeWait: Bool = false, jobs: Int = 8,
        progress: @escaping @Sendable (CellResult) -> Void = { _ in }
    ) {
        self.chat = chat
        self.waitsForTimeWait = waitsForTimeWait
        self.jobs = jobs
        self.progress = progress
    }

    /// - Returns: The results in the order of the cells.
    public func run(_ cells: [Cell]) async throws -> [CellResult] {
        let places = Places(jobs)
        let results = try await withThrowingTaskGroup(of: [CellResult].self) { group in
            for cells in Matrix.groups(cells) {
                group.addTask { try await run(group: cells, places) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let byCell = Dictionary(uniqueKeysWithValues: results.map { ($0.cell, $0) })
        return cells.compactMap { byCell[$0] }
    }

    private func run(group cells: [Cell], _ places: Places) async throws -> [CellResult] {
        let surroundings = cells[0].surroundings
        await places.take()
        let results = Watched<[CellResult]>([])
        let isReleased = Watched(false)
        let release: @Sendable () async -> Void = {
            let isFirst = isReleased.change { released in
                defer { released = true }
                return !released
            }
            if isFirst { await places.give() }
        }
        do {
            let world = try await World(sysctls: surroundings.sysctls)
            try await world.withServer(chat, surroundings.family, surroundings.serverArguments) { server in
                var waiting: [(CellRun, Int)] = []
                for (index, cell) in cells.enumerated() {
                    let run = CellRun(
                        cell: cell, world: world, server: server, chat: chat,
                        port: Self.firstPort + UInt16(index))
                    let recording = try await run.run()
                    let result = CellResult(recording: recording, outcome: try Outcome(recording))
                    results.change { $0.append(result) }
                    progress(result)
                    if !result.outcome.reconnect.succeeded { waiting.append((run, index)) }
                }
                await release()
                guard waitsForTimeWait else { return }
                for (run, index) in waiting {
                    let recording = results.read { $0[index].recording }
                    let seconds = try await run.untilFree(recording)
                    results.change { $0[index].recording.freeAfter = seconds }
                }
            }
            await release()
        } catch {
            await release()
            throw error
        }
        return results.state
    }
}

extension Cell.Surroundings {
    var sysctls: [String: String] {
        [
            "net.ipv4.tcp_timestamps": timestamps ? "1" : "0",
            "net.ipv4.ip_local_port_range": "32768\t40999",
        ]
    }

    var serverArguments: [String] {
        ["--close", serverClose.rawValue] + (padding > 0 ? ["--padding", "\(padding)"] : [])
    }
}

/// A number of places, of which each is taken and given back: a semaphore for tasks.
actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    /// Holds a place as long as a block runs.
    nonisolated func use<R: Sendable>(_ body: @Sendable () async throws -> R) async throws -> R {
        await take()
        do {
            let result = try await body()
            await give()
            return result
        } catch {
            await give()
            throw error
        }
    }

    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
