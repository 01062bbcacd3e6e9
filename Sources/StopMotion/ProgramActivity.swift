import Bench
import FoundationEssentials
import Glibc

/// What the kernel shows of a program's threads (proc(5)).
enum ProgramActivity {
    /// At least one thread runs, or could.
    case busy
    /// All threads wait for something.
    case asleep
    /// All threads were stopped by SIGSTOP.
    case stopped
    case gone

    init(of process: Int32) {
        self.init(ofAll: [process])
    }

    /// The same of several processes together.
    init(ofAll processes: [Int32]) {
        let states = processes.flatMap(Self.states)
        if states.allSatisfy({ "ZX".contains($0) }) {
            self = .gone
        } else if states.allSatisfy({ "TZX".contains($0) }) {
            self = .stopped
        } else {
            self = states.allSatisfy { "STZX".contains($0) } ? .asleep : .busy
        }
    }

    /// Of each thread.
    private static func states(of process: Int32) -> [Character] {
        let folder = "/proc/\(process)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return threads.compactMap { thread in
            // The name before it, in parentheses, may hold anything.
            let text = try? readText("\(folder)/\(thread)/stat")
            return text?.split(separator: ")").last?.split(separator: " ").first?.first
        }
    }
}

extension Program {
    var activity: ProgramActivity { ProgramActivity(of: process) }

    /// Stops all of its threads, and waits until they have stopped, or ended.
    ///
    /// The signal alone is not enough: a thread that is woken before another has taken it may still run. The kernel tells
    /// a program's parent of the stop when the last of its threads has.
    func stop() async throws {
        signal(SIGSTOP)
        try await changed(WSTOPPED | WEXITED)
    }
}
