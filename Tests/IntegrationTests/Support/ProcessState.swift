import Foundation
import Glibc
import Testing

/// What the kernel shows of a process (proc(5)).
struct ProcessState {
    let process: pid_t

    /// How many descriptors are open.
    var descriptors: Int {
        get throws { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count }
    }

    /// Whether each of its threads has stopped.
    var isStopped: Bool {
        get throws {
            let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")
            return try threads.allSatisfy { thread in
                try String(contentsOfFile: "/proc/\(process)/task/\(thread)/status", encoding: .utf8)
                    .contains("State:\tT")
            }
        }
    }

    /// How often its threads have had a processor (Documentation/scheduler/sched-stats.rst).
    var turns: Int {
        get throws {
            let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")
            return try threads.reduce(0) { turns, thread in
                let path = "/proc/\(process)/task/\(thread)/schedstat"
                let third = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isWhitespace)[2]
                return turns + (Int(third) ?? 0)
            }
        }
    }

    /// Memory in use, in KiB (VmRSS).
    var memory: Int {
        get throws {
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
            return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
        }
    }
}

/// Lets the tests, and the programs that they start, have as many descriptors as the system allows.
///
/// - Returns: How many that are.
func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return 0 }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(resource, &limit)
    return Int(clamping: limit.rlim_cur)
}
