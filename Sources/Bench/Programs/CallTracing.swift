import CLinux
import Glibc
import Recordings
package import TCPSockets

/// What bind() and connect() returned to the programs that are started while it goes on, by the kernel's tracepoints
/// raw_syscalls:sys_enter and sys_exit. The programs notice nothing of it. It takes root.
package final class CallTracing: Sendable {
    /// A call that has returned.
    package struct Return: Hashable, Sendable {
        package let call: SystemCall
        /// nil where it succeeded.
        package let errno: Errno?

        package init(call: SystemCall, errno: Errno?) {
            (self.call, self.errno) = (call, errno)
        }
    }

    private static let events = ["raw_syscalls/sys_enter", "raw_syscalls/sys_exit"]
    private let tracefs: OwnDescriptor
    /// An instance of the laboratory's own, of which no other user of the tracepoints sees anything.
    private let instance: String

    /// Begins.
    ///
    /// - Returns: nil where this user may not, or where this kernel has none of it.
    package static func begin() async -> CallTracing? {
        try? await StartingThread.perform { try CallTracing() }
    }

    /// On the thread that starts every program: what that forks is followed.
    private init() throws {
        tracefs = try OwnDescriptor("fsopen tracefs", clinux_mount_tracefs())
        instance = "\(Self.prefix)\(getpid())"
        Self.removeOrphans(tracefs)
        try check("mkdir \(instance)", mkdirat(tracefs.number, instance, 0o700))
        do {
            try write("1", to: "options/event-fork")
            try write("\(clinux_thread_number())", to: "set_event_pid")
            let filter = "id == \(clinux_bind_number()) || id == \(clinux_connect_number())"
            for event in Self.events {
                try write(filter, to: "events/\(event)/filter")
                try write("1", to: "events/\(event)/enable")
            }
        } catch {
            Self.remove(instance, tracefs)
            throw error
        }
    }

    private static let prefix = "instances/chat-lab-try-"

    /// Removes those of processes that were killed: the kernel keeps them, but follows no thread there any more.
    private static func removeOrphans(_ tracefs: OwnDescriptor) {
        guard let folder = fdopendir(openat(tracefs.number, "instances", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) else {
            return
        }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            let path = "instances/\(name)"
            guard path.hasPrefix(prefix), let process = Int32(path.dropFirst(prefix.count)),
                kill(process, 0) != 0, Glibc.errno == ESRCH,
                (try? text(of: "\(path)/set_event_pid", tracefs))?.isEmpty == true
            else { continue }
            remove(path, tracefs)
        }
    }

    private func write(_ text: String, to name: String) throws {
        try Self.write(text, to: "\(instance)/\(name)", tracefs)
    }

    private static func write(_ text: String, to path: String, _ tracefs: OwnDescriptor) throws {
        let file = try check("open \(path)", openat(tracefs.number, path, O_WRONLY | O_CLOEXEC))
        defer { close(file) }
        try check("write \(path)", CInt(truncatingIfNeeded: Glibc.write(file, text, text.utf8.count)))
    }

    private static func remove(_ instance: String, _ tracefs: OwnDescriptor) {
        for event in events { try? write("0", to: "\(instance)/events/\(event)/enable", tracefs) }
        unlinkat(tracefs.number, instance, AT_REMOVEDIR)
    }

    /// Ends it.
    ///
    /// - Returns: The calls on sockets of IPv4 and IPv6, in order.
    package func end() throws -> [Return] {
        defer { Self.remove(instance, tracefs) }
        return Self.returns(in: try Self.text(of: "\(instance)/trace", tracefs))
    }

    /// A file, which is closed when this returns: an instance with an open file stays.
    private static func text(of path: String, _ tracefs: OwnDescriptor) throws -> String {
        let file = try check("open \(path)", openat(tracefs.number, path, O_RDONLY | O_CLOEXEC))
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count < 0, Glibc.errno == EINTR { continue }
            if try check("read \(path)", CInt(truncatingIfNeeded: count)) == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads lines such as
    ///
    /// ```
    ///          python3-4567    [001] .....  1234.567890: sys_enter: NR 49 (3, 7ffd7bcd1e40, 10, 0, 0, 0)
    ///          python3-4567    [001] .....  1234.567901: sys_exit: NR 49 = -98
    /// ```
    package static func returns(in text: String) -> [Return] {
        let calls: [String: SystemCall] = ["\(clinux_bind_number())": .bind, "\(clinux_connect_number())": .connect]
        // By thread: the length of the address, which tells Unix sockets from the others.
        var lengths: [Substring: Int] = [:]
        var returns: [Return] = []
        for line in text.split(separator: "\n") {
            guard let match = line.firstMatch(of: /-(\d+)\s+\[\d+\] .*: sys_(?:enter|exit): NR (\d+) (.*)$/),
                let call = calls[String(match.output.2)]
            else { continue }
            let (thread, rest) = (match.output.1, match.output.3)
            if rest.hasPrefix("(") {
                let words = rest.dropFirst().split(separator: ", ")
                lengths[thread] = words.count > 2 ? Int(words[2], radix: 16) : nil
            } else if let length = lengths.removeValue(forKey: thread), internetLengths.contains(length),
                let result = Int32(rest.dropFirst(2))
            {
                returns.append(Return(call: call, errno: result < 0 ? Errno(rawValue: -result) : nil))
            }
        }
        return returns
    }

    /// The sizes of sockaddr_in and sockaddr_in6.
    private static let internetLengths = [16, 28]
}
