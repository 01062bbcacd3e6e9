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
        try await perform { try start(in: network, command, environment: environment, streams) }
    }

    /// Does something on that thread.
    static func perform<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let thread = try only.get()
        return try await withCheckedThrowingContinuation { continuation in
            thread.post { continuation.resume(with: Result { try body() }) }
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

extension StartingThread {
    /// Starts a command of sh(1) with all that it will ever start in a PID namespace of its own.
    ///
    /// - Parameter reports: Where its first process reports; the writing end is of no use here afterwards.
    /// - Returns: The first process of that namespace.
    static func start(
        in network: CInt, hosts: String, command: String, _ environment: [String], _ streams: Streams, _ reports: Pipe
    ) async throws -> pid_t {
        try await perform { try start(in: network, hosts, command, environment, streams, reports) }
    }

    private static func start(
        in network: CInt, _ hosts: String, _ command: String, _ environment: [String], _ streams: Streams,
        _ reports: Pipe
    ) throws -> pid_t {
        try withCStrings(environment) { environment in
            try betweenStarts {
                let process = try check(
                    "clone",
                    clinux_spawn_hosted(
                        network, hosts, command, environment, streams.input.number, streams.output.number,
                        streams.messages.number, reports.writeEnd.number))
                // Until it has closed its copies of all descriptors.
                var bytes = [UInt8](repeating: 0, count: MemoryLayout<clinux_hosted_report>.size)
                let count = try check("read", CInt(read(reports.readEnd.number, &bytes, bytes.count)))
                guard let report = HostedReport(bytes[..<Int(count)]) else {
                    throw LaboratoryError("a command's first process reported nothing")
                }
                guard report.kind == CLINUX_HOSTED_FAILED else { return process }
                while waitpid(process, nil, 0) < 0, errno == EINTR {}
                throw LaboratoryError("a command cannot be started: \(report.call)", report.value)
            }
        }
    }
}

/// What the first process of a command reports.
struct HostedReport {
    let kind: Int
    let value: CInt
    let call: String

    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == MemoryLayout<clinux_hosted_report>.size else { return nil }
        let report = bytes.withUnsafeBytes { $0.loadUnaligned(as: clinux_hosted_report.self) }
        kind = Int(report.kind)
        value = report.value
        call = withUnsafeBytes(of: report.call) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
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
