import TimeWaitLab

@main
struct ChatLab {
    static func main() async throws {
        let start = ContinuousClock.now
        let run = MatrixRun(chat: try Chat(), waitsForTimeWait: CommandLine.arguments.contains("--full"), jobs: 8) {
            _ in
        }
        let results = try await run.run(Matrix.cells())
        print(results.count, ContinuousClock.now - start)
        for r in results {
            let o = r.outcome
            print(
                r.cell.id, o.firstToClose, o.ending, o.timeWait, o.serverSaw, o.reconnect.bind,
                o.reconnect.connect ?? "-", o.bytesSent, o.bytesLost, o.resetCause.map { "\($0)" } ?? "-",
                r.recording.freeAfter ?? 0)
        }
    }
}
