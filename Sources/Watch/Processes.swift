import Glibc
import TCPSockets

/// The programs behind threads, asked of /proc while they run, and of the kernel's own notes for those that have ended
/// (`saved_cmdlines` in tracefs).
final class Processes {
    private struct Known {
        let program: SocketProgram?
        let asked: Moment
    }

    /// A number may belong to another thread later: so long an answer holds.
    private static let validity: Duration = .seconds(1)
    private static let limit = 10_000

    private let notes: String
    /// The kernel's numbers are those of the first pid namespace (include/linux/proc_ns.h, PROC_PID_INIT_INO).
    private let areNumbersShared: Bool
    private let network: UInt64?
    private var known: [Int32: Known] = [:]
    private var ended: [Int32: String] = [:]
    private var hasAskedNotes = false

    /// - Parameter tracing: The root of tracefs.
    init(tracing: String) {
        notes = "\(tracing)/saved_cmdlines"
        areNumbersShared = Self.namespace("/proc/self/ns/pid") == 0xEFFF_FFFC
        network = Self.namespace("/proc/self/ns/net")
    }

    /// Other threads have ended since: the kernel's notes are read again when one of them is asked for.
    func expectNews() { hasAskedNotes = false }

    func program(of thread: Int32) -> SocketProgram? {
        let now = Moment.now
        if let known = known[thread], now - known.asked < Self.validity { return known.program }
        if known.count > Self.limit { known = [:] }
        let program = running(thread) ?? remembered(thread)
        known[thread] = Known(program: program, asked: now)
        return program
    }

    private func running(_ thread: Int32) -> SocketProgram? {
        guard areNumbersShared, let status = SmallFile.text(of: "/proc/\(thread)/status"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Tgid:") }),
            let process = line.split(whereSeparator: \.isWhitespace).last.flatMap({ Int32($0) }),
            let name = SmallFile.firstLine(of: "/proc/\(process)/comm")
        else { return nil }
        let other = Self.namespace("/proc/\(process)/ns/net")
        return SocketProgram(
            pid: process, name: name, isElsewhere: other.flatMap { other in network.map { $0 != other } })
    }

    /// Lines of a number and a name: `28551 chat-client`. Of a thread that has ended the kernel notes no process.
    private func remembered(_ thread: Int32) -> SocketProgram? {
        // An older note may be of an earlier thread with the same number.
        if !hasAskedNotes {
            hasAskedNotes = true
            ended = [:]
            for line in (SmallFile.text(of: notes) ?? "").split(separator: "\n") {
                let parts = line.split(separator: " ", maxSplits: 1)
                if parts.count == 2, let number = Int32(parts[0]) { ended[number] = String(parts[1]) }
            }
        }
        return ended[thread].map { SocketProgram(pid: thread, name: $0, isElsewhere: nil) }
    }

    /// The number of a namespace: the inode behind its link.
    private static func namespace(_ path: String) -> UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }
}
