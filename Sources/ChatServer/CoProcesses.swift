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
        /// By their numbers.
        var groups: Set<pid_t> = []
        var hasLostGuardian = false
        /// Whom the guardian is told through; -1 until the first co-process.
        var guardian: CInt = -1
    }

    private let command: String
    private let maximum: Int
    private let state = Mutex(State())
    /// The two ends of the pipe that is the standard error of all of them.
    let standardError, standardErrorWriteEnd: CInt
    /// More than anybody needs, and few enough for the guardian and for a machine of modest size.
    static let mostProcesses = 1000

    /// - Parameters:
    ///   - command: Run by `/bin/sh -c`.
    ///   - maximum: How many there may be at a time, with those that are on their way to their end.
    /// - Throws: `Failure`.
    init(command: String, maximum: Int) throws {
        self.command = command
        self.maximum = min(maximum, Self.mostProcesses)
        (standardError, standardErrorWriteEnd) = try makePipe()
        setNonBlocking(standardError)
    }

    deinit {
        for descriptor in [standardError, standardErrorWriteEnd] { close(descriptor) }
    }

    /// - Parameters:
    ///   - input: Its standard input, which stays the caller's.
    ///   - output: Its standard output, which stays the caller's.
    /// - Throws: `Failure`.
    func start(input: CInt, output: CInt) throws -> pid_t {
        try state.withLock { state in
            guard state.groups.count < maximum else {
                throw Failure(description: "\(maximum) answering processes are already running")
            }
            try Self.makeSureOfGuardian(&state)
            let process = withEnvironment { environment in
                clinux_spawn_shell(command, environment, input, output, standardErrorWriteEnd, state.guardian)
            }
            if process < 0 { throw Failure(description: "/bin/sh: \(Errno(rawValue: errno))") }
            state.groups.insert(process)
            return process
        }
    }

    /// - Throws: `Failure`.
    private static func makeSureOfGuardian(_ state: inout State) throws {
        // The writing end of a pipe that nobody reads any more has an error to tell (poll(2)).
        var entry = pollfd(fd: state.guardian, events: 0, revents: 0)
        if state.guardian >= 0, poll(&entry, 1, 0) > 0 {
            Glibc.close(state.guardian)
            state.guardian = -1
            state.hasLostGuardian = true
        }
        guard state.guardian < 0 else { return }
        state.guardian = clinux_start_guardian(CommandLine.unsafeArgv)
        guard state.guardian >= 0 else { throw Failure(description: "fork: \(Errno(rawValue: errno))") }
        for group in state.groups { clinux_guard(state.guardian, group) }
    }

    /// Whether the guardian was killed, and another one has taken its place; told once.
    func takeLossOfGuardian() -> Bool {
        state.withLock { state in
            defer { state.hasLostGuardian = false }
            return state.hasLostGuardian
        }
    }

    /// Reaps a process that has ended. Its group may have others, and its number is nobody else's while it has (POSIX,
    /// "process group ID").
    ///
    /// - Returns: False while it has not ended.
    func reap(_ process: pid_t) -> Bool {
        guard clinux_has_ended(process) != 0 else { return false }
        while waitpid(process, nil, 0) < 0, errno == EINTR {}
        return true
    }

    /// Whether nothing is left of the group of a process that was reaped.
    func isGroupGone(_ process: pid_t) -> Bool {
        // Where this is process 1 of a container, the orphans are its children.
        while waitpid(-process, nil, WNOHANG) > 0 {}
        return kill(-process, 0) != 0 && errno == ESRCH
    }

    /// Counts a process and its group no more.
    func forget(_ process: pid_t) {
        state.withLock { state in
            clinux_unguard(state.guardian, process)
            state.groups.remove(process)
        }
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
