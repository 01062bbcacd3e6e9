import TCPSockets
import Testing

@testable import Bench
@testable import Recordings
@testable import Runs

/// Runs one cell in a world, with a server of its own, as it is run in the matrix.
func run(_ cell: Cell, in world: World, _ chat: Chat) async throws -> CellRecording {
    try await run([cell], in: world, chat)[0]
}

/// Runs cells that have the same surroundings, one after the other.
func run(_ cells: [Cell], in world: World, _ chat: Chat) async throws -> [CellRecording] {
    let recordings = ConditionVariable<[CellRecording]>([])
    let surroundings = cells[0].surroundings
    try await world.withServer(chat, surroundings.family, surroundings.serverArguments) { server in
        for (index, cell) in cells.enumerated() {
            let run = CellRun(cell: cell, world: world, server: server, chat: chat, port: 50_001 + UInt16(index))
            let recording = try await run.run()
            recordings.change { $0.append(recording) }
        }
    }
    return recordings.state
}
