import CLinux
import Glibc
import TCPSockets

/// An instance of the kernel's tracing of this program's own: its own buffers, events and filters, so that nobody else's tracing
/// is disturbed (Documentation/trace/ftrace.rst, "Instances").
///
/// It goes with `remove`. A process that is killed leaves it behind; whoever starts next removes it. It is nobody's when nobody
/// holds its lock.
final class TraceInstance {
    static let prefix = "chat-lab-watch-"

    let decoder: EventDecoder
    let pageFormat: PageFormat
    /// The buffer of each processor, to be polled and read a page at a time.
    let pipes: [CInt]
    let pageSize: Int
    /// How many instances of killed processes were removed.
    let removedCount: Int

    private let tracing: TraceFS
    private let path: String
    private let lock: CInt
    private let processors: [String]
    private var isRemoved = false

    var root: String { tracing.root }

    /// - Parameters:
    ///   - ports: Only connections with one of these at either end; empty for all.
    ///   - kibibytes: How much each processor's buffer keeps; nil for what the kernel chooses.
    init(ports: [UInt16], kibibytes: Int?) throws(TracingError) {
        let tracing = try TraceFS()
        self.tracing = tracing
        let names = [
            "sock/inet_sock_set_state", "tcp/tcp_send_reset", "tcp/tcp_receive_reset",
        ]
        var formats: [EventFormat] = []
        for name in names {
            guard let format = SmallFile.text(of: "\(tracing.root)/events/\(name)/format").flatMap(EventFormat.init)
            else { throw .missing("this kernel has no tracepoint \(name.replacing("/", with: ":"))") }
            formats.append(format)
        }
        let headers = ["page", "event"].map { SmallFile.text(of: "\(tracing.root)/events/header_\($0)") ?? "" }
        guard
            let decoder = EventDecoder(transition: formats[0], resetSent: formats[1], resetReceived: formats[2]),
            let pageFormat = PageFormat(page: headers[0], event: headers[1])
        else { throw .missing("this kernel's event format is unknown to this program") }
        (self.decoder, self.pageFormat) = (decoder, pageFormat)
        removedCount = Self.removeAbandoned(in: tracing.root)
        path = "\(tracing.root)/instances/\(Self.prefix)\(getpid())"
        guard mkdir(path, 0o700) == 0 else { throw .failed("mkdir instances/\(Self.prefix)\(getpid())", .last) }
        lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        _ = clinux_try_lock(lock)
        processors = SmallFolder.names(in: "\(path)/per_cpu").filter { $0.hasPrefix("cpu") }.sorted()
        var pipes: [CInt] = []
        var failure: TracingError?
        do throws(TracingError) {
            try Self.write("mono", to: "\(path)/trace_clock")
            if let kibibytes { try Self.write("\(kibibytes)", to: "\(path)/buffer_size_kb") }
            // Wakes the reader with the first event (since Linux 4.20; before, that is the only way).
            try? Self.write("0", to: "\(path)/buffer_percent")
            for processor in processors {
                let pipe = open("\(path)/per_cpu/\(processor)/trace_pipe_raw", O_RDONLY | O_NONBLOCK | O_CLOEXEC)
                guard pipe >= 0 else { throw TracingError.failed("open trace_pipe_raw", .last) }
                pipes.append(pipe)
            }
            try Self.enable(names, ports, in: path)
        } catch {
            failure = error
        }
        self.pipes = pipes
        // The size of a page of the buffer (since Linux 6.8 it can be chosen).
        let size = SmallFile.number(in: "\(path)/buffer_subbuf_size_kb") ?? 0
        pageSize = max(size * 1024, Int(getpagesize()))
        if let failure {
            remove()
            throw failure
        }
    }

    deinit { remove() }

    private static func enable(_ names: [String], _ ports: [UInt16], in path: String) throws(TracingError) {
        let ends = ports.map { "sport == \($0) || dport == \($0)" }.joined(separator: " || ")
        for name in names {
            let event = "\(path)/events/\(name)"
            var filters = name.hasPrefix("sock/") ? ["protocol == 6"] : []
            // Some kernels have C socket addresses there and no ports.
            if !ends.isEmpty, !name.hasSuffix("send_reset") { filters.append("(\(ends))") }
            if !filters.isEmpty { try write(filters.joined(separator: " && "), to: "\(event)/filter") }
            try write("1", to: "\(event)/enable")
        }
    }

    /// Stops the events, and takes the instance away. Calling it again does nothing.
    func remove() {
        guard !isRemoved else { return }
        isRemoved = true
        try? Self.write("0", to: "\(path)/events/enable")
        for pipe in pipes { close(pipe) }
        rmdir(path)
        if lock >= 0 { close(lock) }
    }

    /// How many events were lost so far, on all processors: overwritten before they were read, or dropped.
    func lostEvents() -> Int {
        processors.reduce(0) { sum, processor in
            let lines = (SmallFile.text(of: "\(path)/per_cpu/\(processor)/stats") ?? "").split(separator: "\n")
            return sum
                + lines.reduce(0) { sum, line in
                    let parts = line.split(separator: ":")
                    guard parts.count == 2, ["overrun", "commit overrun", "dropped events"].contains(parts[0]) else {
                        return sum
                    }
                    return sum + (Int(parts[1].drop(while: \.isWhitespace)) ?? 0)
                }
        }
    }

    /// Takes away what killed processes have left: its lock is free.
    private static func removeAbandoned(in root: String) -> Int {
        SmallFolder.names(in: "\(root)/instances").filter { $0.hasPrefix(prefix) }.count { name in
            let path = "\(root)/instances/\(name)"
            let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard folder >= 0 else { return false }
            defer { close(folder) }
            return clinux_try_lock(folder) == 0 && rmdir(path) == 0
        }
    }

    private static func write(_ text: String, to path: String) throws(TracingError) {
        let name = path.split(separator: "/").suffix(2).joined(separator: "/")
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .failed("open \(name)", .last) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else {
            throw .failed("write \(text) to \(name)", .last)
        }
    }
}

extension Errno {
    /// That of the call that failed last.
    fileprivate static var last: Errno { Errno(rawValue: errno) }
}

/// The names in a folder.
private enum SmallFolder {
    static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { names.append(String(cString: $0)) }
            }
        }
        return names
    }
}
