package import Recordings
import Synchronization

/// What happens between two hosts and to the programs on them: kept for the case that an experiment fails.
package final class Journal: Sendable {
    private let wire: ConditionVariable<WireRecording>
    private let programs: [Side: ProgramOutputs]

    init(_ wire: ConditionVariable<WireRecording>, _ client: ProgramOutputs, _ server: ProgramOutputs) {
        (self.wire, programs) = (wire, [.client: client, .server: server])
    }

    /// Everything so far.
    ///
    /// - Parameter start: Calls before this moment are another's: seconds on CLOCK_MONOTONIC.
    package func recording(_ name: String, since start: Double = 0) -> Recording {
        let seen = wire.state
        func calls(_ side: Side) -> [SocketCall] {
            let all = programs[side]?.all.flatMap { $0.read(\.calls) } ?? []
            return all.filter { $0.time >= start }.sorted { $0.time < $1.time }
        }
        return Recording(
            name, segments: seen.segments, samples: seen.samples, clientCalls: calls(.client),
            serverCalls: calls(.server))
    }
}

/// What the programs of a host have written, in the order of their starts.
final class ProgramOutputs: Sendable {
    private let outputs = Mutex<[ConditionVariable<Program.Output>]>([])

    var all: [ConditionVariable<Program.Output>] { outputs.withLock { $0 } }

    func add(_ output: ConditionVariable<Program.Output>) {
        outputs.withLock { $0.append(output) }
    }
}

/// The journals of all worlds that are made in a task.
package final class Notebook: Sendable {
    @TaskLocal package static var current: Notebook?

    private let journals = Mutex<[Journal]>([])

    private let prefix: String

    /// - Parameter prefix: How the names of its recordings begin.
    package init(prefix: String = "hosts") {
        self.prefix = prefix
    }

    func add(_ journal: Journal) {
        journals.withLock { $0.append(journal) }
    }

    /// What was recorded in each world in which something crossed the wire, in the order in which they were made.
    package var recordings: [Recording] {
        journals.withLock { $0 }.enumerated().map { $1.recording("\(prefix)-\($0 + 1)") }
            .filter { !$0.segments.isEmpty }
    }
}
