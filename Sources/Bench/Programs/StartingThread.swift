import CLinux
import Dispatch
import Glibc
import Recordings
import Synchronization
import TCPSockets

/// The thread that starts every program. The kernel ends a program with the thread that started it (PR_SET_PDEATHSIG,
/// prctl(2)), so this one lives as long as the laboratory.
final class StartingThread: Sendable {
    /// The three standard descriptors of a new program.
    struct Streams: Sendable {
        let input, output, messages: OwnDescriptor
    }

    private typealias Job = @Sendable () -> Void

    private let jobs = Mutex<[Job]>([])
    /// How many jobs there are. To wait for it cannot fail, as poll() can: nobody would be told of a thread that has ended.
    private let count = DispatchSemaphore(value: 0)

    private init() throws {
        try detachThread { [self] in
            while true {
                count.wait()
                let job = jobs.withLock { $0.removeFirst() }
                job()
            }
        }
    }

    private func post(_ job: @escaping Job) {
        jobs.withLock { $0.append(job) }
        count.signal()
    }

    private static let only = Result { try StartingThread() }

    /// Starts a program in a network namespace.
    ///
    /// The corresponding C functions are `vfork`, `setns` and `execve`.
    ///
    /// - Parameters:
    ///   - network: A descriptor of the namespace.
    ///   - command: The program's path and its arguments.
    ///   - environment: Such as `["LC_ALL=C"]`.
    /// - Returns: The process's number. Whoever has it reaps it.
    /// - Throws: `LaboratoryError`.
    static func start(
        in network: CInt, _ command: [String], environment: [String], _ streams: Streams
    ) async throws -> pid_t {
        let thread = try only.get()
        return try await withCheckedThrowingContinuation { continuation in
            thread.post {
                continuation.resume(
                    with: Result { try start(in: network, command, environment: environment, streams) })
            }
        }
    }

    private static func start(
        in network: CInt, _ command: [String], environment: [String], _ streams: Streams
    ) throws -> pid_t {
        // Named without a folder, it lies where the laboratory looks for its own tools.
        let path = command[0].contains("/") ? command[0] : pathOfProgram(command[0]) ?? command[0]
        return try withCStrings(command) { arguments in
            try withCStrings(environment) { environment in
                var failed: UnsafePointer<CChar>?
                let (process, number) = betweenStarts {
                    let process = clinux_spawn_in_network(
                        network, path, arguments, environment, streams.input.number, streams.output.number,
                        streams.messages.number, &failed)
                    return (process, errno)
                }
                guard process < 0 else { return process }
                let call = failed.map { String(cString: $0) } ?? "vfork"
                throw LaboratoryError("\(command[0]) cannot be started: \(call)", number)
            }
        }
    }
}

private let isStarting = Mutex(())

/// Does something while no program is being started on a host.
///
/// Between vfork() and execve() a new process has a copy of every descriptor, and the kernel closes a socket when the last one
/// goes: a close() meanwhile would return before the socket is closed.
package func betweenStarts<R: Sendable>(_ body: () throws -> R) rethrows -> R {
    try isStarting.withLock { _ in try body() }
}

/// Lends a list of C strings with a null pointer at its end, as execve(2) wants it.
private func withCStrings<R>(_ words: [String], _ body: ([UnsafeMutablePointer<CChar>?]) throws -> R) rethrows -> R {
    let pointers = words.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return try body(pointers + [nil])
}
