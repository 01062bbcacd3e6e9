internal import Glibc
internal import Synchronization

/// One argument of a traced call.
struct TraceArgument {
    let name: String
    let value: TraceLine.Value

    init(_ name: String, _ value: Int) {
        self.name = name
        self.value = .integer(value)
    }

    init(_ name: String, _ value: String) {
        self.name = name
        self.value = .text(value)
    }
}

/// The trace of every socket call of the process, like `strace`, with the TCP state after each call.
///
/// It belongs to the process and not to a socket, because a `TCPSocket` holds nothing but its descriptor.
public enum Trace {
    public enum Format: String, Sendable, CaseIterable {
        case text, json
    }

    private static let on = Atomic<Bool>(false)
    private static let output = Mutex<TraceOutput?>(nil)

    /// Whether calls are recorded. One relaxed load: all that a program without a trace pays for it.
    static var isOn: Bool { on.load(ordering: .relaxed) }

    /// Begins to write each call to standard error, one line a call, each line in one write().
    public static func start(_ format: Format) {
        start(format) { line in
            // Not through systemCall(): a trace that traced its own writing would never end.
            let bytes = Array((line + "\n").utf8)
            _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        }
    }

    /// Begins to hand each call to a function, as one line without its newline.
    public static func start(_ format: Format, show: @escaping @Sendable (String) -> Void) {
        output.withLock { $0 = TraceOutput(format: format, show: show) }
        on.store(true, ordering: .relaxed)
    }

    /// Tells of something that is no call of this module, such as how a conversation has ended; nothing without a trace.
    public static func note(_ event: String, _ arguments: @autoclosure () -> [String: TraceLine.Value]) {
        guard isOn else { return }
        let line = TraceLine(time: monotonicSeconds(), .event(event), arguments: arguments())
        output.withLock { $0?.write(line) }
    }

    /// Kept out of its callers, which would be many times their size: nearly always, none of it runs.
    @inline(never)
    static func record(
        _ call: SystemCall, on descriptor: CInt, arguments: [TraceArgument], result: Int, errno: Errno?
    ) {
        // Before anything else is asked of the kernel: the time at which the call returned.
        let time = monotonicSeconds()
        let ends = output.withLock { $0?.endpoints(after: call, on: descriptor, result: result) }
        let state = ends.flatMap { $0.stateNow(call: call, descriptor: call.subject(descriptor, result)) }
        var values = Dictionary(arguments.map { ($0.name, $0.value) }) { $1 }
        if descriptor >= 0 { values["fd"] = .integer(Int(descriptor)) }
        let line = TraceLine(
            time: time, .call(call, result: result, errno: errno, state: state), arguments: values)
        output.withLock { $0?.write(line) }
        // The caller reads `errno` after this function, which has made calls of its own.
        if let errno { Glibc.errno = errno.rawValue }
    }
}

extension SystemCall {
    /// The descriptor whose connection a call is about: for those that make one, the one made.
    func subject(_ descriptor: CInt, _ result: Int) -> CInt {
        switch self {
        case .socket, .accept4: CInt(truncatingIfNeeded: result)
        default: descriptor
        }
    }
}
