import Glibc
package import Recordings
import Subprocess
import Synchronization
import SystemPackage
import TCPSockets

/// A program that runs on a host, with its standard streams in the laboratory's hands.
package final class Program: Sendable {
    /// What it has written, line by line, and whether it has ended.
    package struct Output: Sendable {
        package internal(set) var lines: [String] = []
        package internal(set) var messages: [String] = []
        package internal(set) var calls: [SocketCall] = []
        /// The ends of conversations that a server told of.
        package internal(set) var ends: [ConversationEnd] = []
        /// How far `nextLine` has got.
        var read = 0
        package var outputIsOver = false
        /// The two streams end one after the other, in no particular order.
        package var messagesAreOver = false
    }

    package let process: Int32
    package let output: ConditionVariable<Output>
    private let input: InputEnd

    init(process: Int32, output: ConditionVariable<Output>, input: InputEnd) {
        self.process = process
        self.output = output
        self.input = input
    }

    /// Writes a line to its standard input. A program that takes no more has ended, which shows elsewhere.
    package func say(_ line: String) {
        input.write(line + "\n")
    }

    /// Ends its standard input.
    package func endInput() {
        input.close()
    }

    package func signal(_ number: Int32) {
        kill(process, number)
    }

    /// Waits until it has ended, and leaves it to be reaped, so that its number cannot be another's yet.
    package func ended() async throws {
        try await changed(WEXITED)
    }

    /// Waits until what its parent can wait for has happened, and leaves it to be waited for again.
    ///
    /// The corresponding C call is `waitid(P_PID, …, options | WNOWAIT)`.
    package func changed(_ options: CInt) async throws {
        let process = process
        try await onThread {
            var information = siginfo_t()
            var result: CInt
            repeat {
                result = waitid(P_PID, id_t(process), &information, options | WNOWAIT)
            } while result < 0 && errno == EINTR
            try check("waitid", result)
        }
    }

    /// The next line of standard output; nil at its end.
    package func nextLine(within time: Duration = .seconds(10)) async throws -> String? {
        try await output.until("a line of process \(process)", within: time) { output -> String?? in
            if output.read < output.lines.count {
                output.read += 1
                return .some(output.lines[output.read - 1])
            }
            return output.outputIsOver ? .some(nil) : nil
        }
    }

    /// Waits for a message on standard error that answers a description.
    @discardableResult
    package func message(_ what: String, where matches: @escaping @Sendable (String) -> Bool) async throws -> String {
        try await output.until(what) { output in
            if let found = output.messages.first(where: matches) { return found }
            if output.messagesAreOver { throw LaboratoryError("a program ended without \(what): \(output.messages)") }
            return nil
        }
    }
}

extension Host {
    /// Runs a program on this host.
    ///
    /// - Parameters:
    ///   - command: The program's path and its arguments.
    ///   - body: What happens while it runs. When it returns, the program's input ends, and unless the program ends
    ///     within `patience`, it is killed and that is an error.
    /// - Throws: What `body` throws, after the program was killed; `LaboratoryError`.
    package func run(
        _ command: [String], patience: Duration = .seconds(20),
        _ body: @escaping @Sendable (Program) async throws -> Void
    ) async throws -> FinishedProgram {
        let whole = prefix + command
        let pipe = try FileDescriptor.pipe(options: .closeOnExec)
        let input = InputEnd(pipe.writeEnd)
        // Also where the program cannot be started.
        defer { input.close() }
        let output = ConditionVariable(Program.Output())
        let problem = ConditionVariable<(any Error)?>(nil)
        // What is typed at the laboratory's terminal, such as Ctrl-Z, is for the laboratory.
        var options = PlatformOptions()
        options.processGroupID = 0
        let result = try await Subprocess.run(
            .name(whole[0]), arguments: Arguments(Array(whole.dropFirst())), environment: .custom(Self.environment),
            platformOptions: options,
            input: .fileDescriptor(pipe.readEnd, closeAfterSpawningProcess: true), output: .sequence, error: .sequence
        ) { execution in
            let program = Program(process: execution.processIdentifier.value, output: output, input: input)
            async let lines: Void = gatherLines(execution.standardOutput, output)
            async let messages: Void = gatherMessages(execution.standardError, output)
            do {
                try await body(program)
            } catch {
                problem.change { $0 = error }
                program.signal(SIGKILL)
            }
            program.endInput()
            let alarm = Task {
                try await Task.sleep(for: patience)
                let overdue = LaboratoryError("\(command[0]) did not end within \(patience)")
                problem.change { $0 = $0 ?? overdue }
                program.signal(SIGKILL)
            }
            defer { alarm.cancel() }
            _ = try await (lines, messages)
            // Streams that have ended are no sign that the program has.
            try await program.ended()
        }
        if let problem = problem.state { throw problem }
        // Who was killed for it may have ended its output first.
        try Task.checkCancellation()
        let written = output.state
        return FinishedProgram(
            status: result.terminationStatus.code, lines: written.lines, messages: written.messages,
            calls: written.calls)
    }

    /// Where nsenter, setpriv, unshare and true are looked for.
    package static let searchPath = "/usr/sbin:/usr/bin:/sbin:/bin"

    /// Nothing of the user's surroundings may change what the programs do.
    static var environment: [Environment.Key: String] {
        ["LC_ALL": "C.UTF-8", "PATH": searchPath]
    }
}

private func gatherLines(_ stream: SubprocessOutputSequence, _ output: ConditionVariable<Program.Output>) async throws {
    // However it ends, nobody is to wait for more.
    defer { output.change { $0.outputIsOver = true } }
    for try await line in stream.strings(bufferingPolicy: .unbounded) {
        output.change { $0.lines.append(line.withoutNewline) }
    }
}

/// The trace, and everything else that comes on standard error.
private func gatherMessages(_ stream: SubprocessOutputSequence, _ output: ConditionVariable<Program.Output>)
    async throws
{
    defer { output.change { $0.messagesAreOver = true } }
    for try await text in stream.strings(bufferingPolicy: .unbounded) {
        let line = text.withoutNewline
        let traced = TraceLine(line: line)
        output.change { output in
            guard let traced else { return output.messages.append(line) }
            if let call = SocketCall(traced) { output.calls.append(call) }
            if let end = ConversationEnd(traced) { output.ends.append(end) }
        }
    }
}

extension String {
    fileprivate var withoutNewline: String { hasSuffix("\n") ? String(dropLast()) : self }
}

extension TerminationStatus {
    fileprivate var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let number): 128 + number
        }
    }
}
