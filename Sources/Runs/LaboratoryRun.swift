package import Bench
package import Claims
import Experiments
import Recordings
import Scenes
import TCPSockets

/// Carries out what was selected, and makes a report of it.
package struct LaboratoryRun: Sendable {
    /// How far it has got.
    package struct Progress: Sendable, Hashable {
        package internal(set) var cells = 0
        package let allCells: Int
        package internal(set) var experiments = 0
        package let allExperiments: Int
    }

    private let chat: Chat
    private let selection: Selection
    private let waitsForTimeWait: Bool
    private let pace: Pace
    private let jobs: Int

    /// - Parameters:
    ///   - waitsForTimeWait: Whether each cell whose port is not free at once waits until it is.
    ///   - pace: That of this machine.
    ///   - jobs: How many pairs of hosts are at work at the same time. Cells that only wait for a TIME-WAIT to end do
    ///     not count: they all wait at once.
    package init(
        chat: Chat, selection: Selection, waitsForTimeWait: Bool = false,
        pace: Pace = .current, jobs: Int? = nil
    ) {
        self.chat = chat
        self.selection = selection
        self.waitsForTimeWait = waitsForTimeWait
        self.pace = pace
        self.jobs = jobs ?? pace.jobs()
    }

    private enum Part: Sendable {
        case matrix(MatrixRun.Results)
        case experiment(ExperimentResult)
        case failure(RunFailure)
    }

    /// - Parameter progress: Told at the start, and after each cell and each experiment, whatever became of it.
    /// - Returns: What was found. Where the task was cancelled: what was found until then.
    /// - Throws: `LaboratoryError` where not even a host can be made. What goes wrong in a single cell or experiment is in the
    ///   report.
    package func run(progress: @escaping @Sendable (Progress) -> Void = { _ in }) async throws -> Report {
        try await Pace.$current.withValue(pace) { try await runAtPace(progress) }
    }

    private func runAtPace(_ progress: @escaping @Sendable (Progress) -> Void) async throws -> Report {
        let sysctls = try await Host(.client).parameters()
        let state = ConditionVariable(
            Progress(allCells: selection.cells.count, allExperiments: selection.experiments.count))
        progress(state.state)
        let parts = await carryOut { step in
            progress(
                state.change {
                    $0[keyPath: step.keyPath] += 1
                    return $0
                })
        }
        return report(parts, sysctls: sysctls)
    }

    private enum Step {
        case cell, experiment

        var keyPath: WritableKeyPath<Progress, Int> { self == .cell ? \.cells : \.experiments }
    }

    private func carryOut(_ progress: @escaping @Sendable (Step) -> Void) async -> [Part] {
        // Cells and the scenes of experiments share the permits.
        let semaphore = Semaphore(jobs)
        let laboratory = Laboratory(chat: chat, semaphore: semaphore)
        return await withTaskGroup(of: Part?.self) { group in
            group.addTask {
                let run = MatrixRun(chat: chat, waitsForTimeWait: waitsForTimeWait, semaphore: semaphore) {
                    progress(.cell)
                }
                return .matrix(await run.run(selection.cells))
            }
            for experiment in selection.experiments {
                group.addTask {
                    let part = await carryOut(experiment, laboratory)
                    progress(.experiment)
                    return part
                }
            }
            return await group.reduce(into: []) { parts, part in if let part { parts.append(part) } }
        }
    }

    /// - Returns: nil where the task was cancelled meanwhile.
    private func carryOut(_ experiment: any Experiment, _ laboratory: Laboratory) async -> Part? {
        let notebook = Notebook()
        do {
            return .experiment(
                try await Notebook.$current.withValue(notebook) { try await experiment.run(in: laboratory) })
        } catch let missing as MissingFeature {
            let untestable = experiment.claims.map { Untestable($0, missing, evidence: experiment.id) }
            return .experiment(
                ExperimentResult(experiment.id, [], untestable: untestable, recordings: notebook.recordings))
        } catch {
            if Task.isCancelled { return nil }
            return .failure(RunFailure(id: experiment.id, reason: "\(error)", recordings: notebook.recordings))
        }
    }

    /// In the order of the selection, whatever came first.
    private func report(_ parts: [Part], sysctls: [String: String]) -> Report {
        var matrix = MatrixRun.Results()
        var results: [String: ExperimentResult] = [:]
        var reasons: [String: RunFailure] = [:]
        for part in parts {
            switch part {
            case .matrix(let results): matrix = results
            case .experiment(let result): results[result.id] = result
            case .failure(let failure): reasons[failure.id] = failure
            }
        }
        let ids = selection.experiments.map(\.id)
        return Report(
            kernel: kernelRelease(), sysctls: sysctls, cells: matrix.cells,
            experiments: ids.compactMap { results[$0] },
            failures: matrix.failures + ids.compactMap { reasons[$0] }, remarks: remarks(on: matrix),
            catalogue: allExperiments.map(\.description))
    }

    private func remarks(on matrix: MatrixRun.Results) -> [String] {
        let isCancelled = Task.isCancelled ? ["The run ended before everything had run."] : []
        guard matrix.longestDelay > 0 else { return isCancelled }
        return isCancelled + [
            "In some cells a client with --close delay closed before the server did; they ran again with a delay "
                + "of up to \(matrix.longestDelay) ms instead of \(Cell.closeDelay) ms."
        ]
    }
}

extension Host {
    /// The kernel parameters that bear on TIME-WAIT, as a new host has them; those that this kernel does not know are
    /// left out (Documentation/networking/ip-sysctl.rst).
    func parameters() async throws -> [String: String] {
        let names = [
            "ip_local_port_range", "tcp_abort_on_overflow", "tcp_fin_timeout", "tcp_max_orphans",
            "tcp_max_tw_buckets", "tcp_orphan_retries", "tcp_retries2", "tcp_rfc1337", "tcp_syn_retries",
            "tcp_timestamps", "tcp_tw_reuse", "tcp_tw_reuse_delay",
        ]
        var values: [String: String] = [:]
        for name in names.map({ "net.ipv4.\($0)" }) {
            // The two numbers of a range stand with a tab between them.
            values[name] = try await sysctl(name)?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        return values
    }
}
