import Glibc
import TCPSockets

/// Co-processes whose conversation is over, on their way to their end: SIGTERM to the whole group, SIGKILL half a second
/// later to what is left of it.
///
/// Nobody waits for them: an event loop looks at them now and then.
struct TerminatingProcesses {
    private struct Entry {
        let process: pid_t
        let since: Moment
        var isReaped = false
        var isKilled = false
    }

    private var processes: [Entry] = []
    static let lookInterval = Duration.milliseconds(20)
    private static let grace = Duration.milliseconds(500)
    /// A process that cannot even be killed (it sleeps in a driver, say) does not keep the server from ending.
    private static let patience = Duration.seconds(2)

    var isEmpty: Bool { processes.isEmpty }

    /// Whether there is one that may still end in time.
    func keepsWaiting(at now: Moment) -> Bool {
        processes.contains { now - $0.since < Self.patience }
    }

    mutating func end(_ process: pid_t, now: Moment) {
        kill(-process, SIGTERM)
        processes.append(Entry(process: process, since: now))
    }

    /// Reaps those that have ended, and kills what is left of those that had their time.
    mutating func look(_ all: CoProcesses, now: Moment) {
        for index in processes.indices {
            processes[index].isReaped = processes[index].isReaped || all.reap(processes[index].process)
        }
        processes.removeAll { entry in
            guard entry.isReaped else { return false }
            // A group of the dead whom their parent does not reap is not waited for.
            let isOver = all.isGroupGone(entry.process) || now - entry.since >= Self.patience
            if isOver { all.forget(entry.process) }
            return isOver
        }
        for index in processes.indices where !processes[index].isKilled && now - processes[index].since >= Self.grace {
            kill(-processes[index].process, SIGKILL)
            processes[index].isKilled = true
        }
    }
}
