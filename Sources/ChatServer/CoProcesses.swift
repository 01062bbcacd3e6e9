import CLinux
import Glibc
import Synchronization
import TCPSockets

/// What starts the co-processes of a server, all event loops together, and bounds their number.
///
/// It needs no thread and no library: where the system has no process, no thread or no descriptor left, the call says so,
/// and the question gets error 9.
final class CoProcesses: Sendable {
    /// A process that could not be started.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private struct State {
        var count = 0
        /// Whom the guardian is told through; -1 until the first co-process.
        var guardian: CInt = -1
    }

    private let command: String
    private let maximum: Int
    private let state = Mutex(State())
    /// The two ends of the pipe that is the standard error of all of them.
    let complaints, complaintsWriteEnd: CInt
    /// More than anybody needs, and few enough for the guardian and for a machine of modest size.
    static let mostProcesses = 1000

    /// - Parameters:
    ///   - command: Run by `/bin/sh -c`.
    ///   - maximum: How many there may be at a time, with those that are on their way to their end.
    /// - Throws: `Failure`.
    init(command: String, maximum: Int) throws {
        self.command = command
        self.maximum = min(maximum, Self.mostProcesses)
        (complaints, complaintsWriteEnd) = try makePipe()
        setNonBlocking(complaints)
    }

    deinit {
        for descriptor in [complaints, complaintsWriteEnd] { close(descriptor) }
    }

    /// - Parameters:
    ///   - input: Its standard input, which stays the caller's.
    ///   - output: Its standard output, which stays the caller's.
    /// - Throws: `Failure`.
    func start(input: CInt, output: CInt) throws -> pid_t {
        try state.withLock { state in
            guard state.count < maximum else {
                throw Failure(description: "\(maximum) answering processes run already")
            }
            if state.guardian < 0 {
                state.guardian = clinux_start_guardian(CommandLine.unsafeArgv)
                if state.guardian < 0 { throw Failure(description: "fork: \(Errno(rawValue: errno))") }
            }
            let process = withEnvironment { environment in
                clinux_spawn_shell(command, environment, input, output, complaintsWriteEnd, state.guardian)
            }
            if process < 0 { throw Failure(description: "/bin/sh: \(Errno(rawValue: errno))") }
            state.count += 1
            return process
        }
    }

    /// Reaps a process that has ended, and whatever else it has started with it.
    ///
    /// - Returns: False while it has not ended.
    func reap(_ process: pid_t) -> Bool {
        guard clinux_has_ended(process) != 0 else { return false }
        // Until it is reaped, its number is nobody else's.
        kill(-process, SIGKILL)
        state.withLock { state in
            clinux_unguard(state.guardian, process)
            state.count -= 1
        }
        while waitpid(process, nil, 0) < 0, errno == EINTR {}
        return true
    }
}

/// - Throws: `CoProcesses.Failure`.
func makePipe() throws -> (readEnd: CInt, writeEnd: CInt) {
    var ends: [CInt] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else {
        throw CoProcesses.Failure(description: "pipe2: \(Errno(rawValue: errno))")
    }
    return (ends[0], ends[1])
}

func setNonBlocking(_ descriptor: CInt) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
}

/// Lends the environment of a co-process: what the system needs to find programs and to speak the user's language, and
/// nothing that was meant for the server alone, such as a password or the descriptors of systemd.
private func withEnvironment<R>(_ body: ([UnsafeMutablePointer<CChar>?]) -> R) -> R {
    var variables = ["PATH": "/usr/local/bin:/usr/bin:/bin", "BC_LINE_LENGTH": "0"]
    let names = ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "BC_LINE_LENGTH"]
    var entry = environ
    while let variable = entry.pointee {
        let parts = String(cString: variable).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if let name = parts.first.map(String.init), names.contains(name) || name.hasPrefix("LC_"), parts.count == 2 {
            variables[name] = String(parts[1])
        }
        entry += 1
    }
    let strings = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { strings.forEach { free($0) } }
    return body(strings)
}
