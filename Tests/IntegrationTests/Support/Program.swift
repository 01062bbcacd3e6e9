import Glibc
import Subprocess
import SystemPackage
import Testing

/// A program that is running, with its standard streams in the hands of the test.
final class Program: Sendable {
    let process: pid_t
    /// Standard output; at a terminal everything that is to be seen there.
    let output: Output
    /// Standard error; at a terminal it is part of `output`.
    let errors: Output
    private let input: FileDescriptor

    init(process: pid_t, output: Output, errors: Output, input: FileDescriptor) {
        (self.process, self.output, self.errors, self.input) = (process, output, errors, input)
    }

    func signal(_ number: CInt) {
        kill(process, number)
    }

    /// Writes to standard input, or types at the keyboard.
    func type(_ text: String) throws {
        try type(Array(text.utf8))
    }

    func type(_ bytes: [UInt8]) throws {
        try input.writeAll(bytes)
    }
}

/// A program that has run.
struct Finished: Sendable {
    /// The exit code, or 128 and the signal.
    let status: CInt
    let output: String
    let errors: String

    /// Standard error without what the laboratory may say on a machine that has much else to do.
    var errorsAtAnyPace: String {
        errors.replacing(/chat-lab: this machine is slow: [^\n]*\n(  [^\n]*\n)*/, with: "")
    }

    /// Standard output, line by line.
    var lines: [String] { output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
}

/// The products folder, in which the executables under test lie beside the tests; or another one, whose executables were
/// built without GNU Readline.
private let products =
    plainExecutables.map { FilePath($0) } ?? FilePath(readLink("/proc/self/exe")).removingLastComponent()

/// The value of PLAIN_EXECUTABLES.
let plainExecutables = getenv("PLAIN_EXECUTABLES").map { String(cString: $0) }

private func readLink(_ path: String) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
        guard let base = buffer.baseAddress else { return path }
        let count = max(0, readlink(path, base, buffer.count))
        return String(decoding: UnsafeRawBufferPointer(buffer)[..<count], as: UTF8.self)
    }
}

func product(_ name: String) -> String { products.appending(name).string }

var productsFolder: String { products.string }

/// How long a program may take to end once nothing holds it.
private let patience = Duration.seconds(60)

/// Runs a program beside a test; it is gone, whatever happens, when this returns.
///
/// - Parameters:
///   - command: The program and its arguments.
///   - terminal: Where its standard streams lead, in place of pipes.
///   - input: All of standard input; nil to leave it open for `type`.
///   - body: What happens while it runs. It may end only if `body` makes it.
@discardableResult
func withProgram(
    _ command: [String], terminal: Terminal? = nil, environment: [String: String] = [:], input: String? = nil,
    body: (Program) async throws -> Void = { _ in }
) async throws -> Finished {
    let streams = try Streams(terminal)
    // It ends with the tests even if these are killed: by the hang-up of its terminal, or by a signal.
    let command = (terminal == nil ? ["setpriv", "--pdeathsig", "KILL"] : ["setsid", "--ctty"]) + command
    let clean = ["LC_ALL": "C.UTF-8", "TERM": "xterm", "INPUTRC": "/dev/null", "HOME": "/dev/null"]
    let variables = clean.merging(environment) { $1 }.map { (Environment.Key(stringLiteral: $0), Optional($1)) }
    let watchdog = Watchdog()
    defer { streams.close() }
    let result = try await run(
        command[0].contains("/") ? .path(FilePath(command[0])) : .name(command[0]),
        arguments: Arguments(Array(command.dropFirst())),
        environment: .inherit.updating(Dictionary(uniqueKeysWithValues: variables)),
        input: .fileDescriptor(streams.childInput, closeAfterSpawningProcess: terminal == nil),
        output: .fileDescriptor(streams.childOutput, closeAfterSpawningProcess: terminal == nil),
        error: .fileDescriptor(streams.childErrors, closeAfterSpawningProcess: terminal == nil)
    ) { execution in
        let program = Program(
            process: execution.processIdentifier.value, output: streams.output, errors: streams.errors,
            input: streams.input)
        if let input {
            try program.type(input)
            streams.closeInput()
        }
        try await body(program)
        watchdog.watch(program, for: patience)
    }
    watchdog.rest()
    if let terminal {
        try await terminal.settle()
    } else {
        streams.closeInput()
        try await streams.output.end()
        try await streams.errors.end()
    }
    let status: CInt =
        switch result.terminationStatus {
        case .exited(let code): code
        case .signaled(let number): 128 + number
        }
    return Finished(status: status, output: streams.output.text, errors: streams.errors.text)
}
