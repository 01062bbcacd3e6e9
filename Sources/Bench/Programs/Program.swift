import CLinux
import Glibc
package import Recordings
import Text

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

    /// Such as `chat-client on the client's host`.
    package let name: String
    package let process: Int32
    package let output: ConditionVariable<Output>
    private let input: InputEnd

    init(name: String, process: Int32, output: ConditionVariable<Output>, input: InputEnd) {
        self.name = name
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

    /// Kills it with all of its process group (`StartingThread`): what it has started may hold its streams open.
    ///
    /// The corresponding C call is `kill(-process, SIGKILL)`.
    func killGroup() {
        kill(-process, SIGKILL)
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

    /// Reaps it, once it has ended.
    ///
    /// The corresponding C function is `waitpid`.
    ///
    /// - Returns: Its exit code, or 128 and the number of the signal that ended it.
    func reap() throws -> Int32 {
        var status: CInt = 0
        try check("waitpid", waitpid(process, &status, 0))
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    /// The next line of standard output; nil at its end.
    ///
    /// - Parameter purpose: What the program shows by it, for the error.
    package func nextLine(
        _ purpose: String = "to write a line", within time: Duration = Pace.current.patience
    ) async throws -> String? {
        try await output.until("\(name) \(purpose)", within: time) { output -> String?? in
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
        try await output.until("\(what) from \(name)") { output in
            if let found = output.messages.first(where: matches) { return found }
            if output.messagesAreOver { throw LaboratoryError("\(name) ended without \(what): \(output.messages)") }
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
        _ command: [String], patience: Duration = Pace.current.scaled(.seconds(20)),
        _ body: @escaping @Sendable (Program) async throws -> Void
    ) async throws -> FinishedProgram {
        let output = ConditionVariable(Program.Output())
        outputs.add(output)
        let (program, reader) = try await start(command, output)
        let problem = ConditionVariable<(any Error)?>(nil)
        let giveUp: @Sendable (any Error) -> Void = { error in
            problem.change { $0 = $0 ?? error }
            program.killGroup()
        }
        try await withTaskCancellationHandler {
            async let reading: Void = onThread {
                var reader = reader
                try reader.readAll()
            }
            do { try await body(program) } catch { giveUp(error) }
            program.endInput()
            let alarm = Task {
                try await Task.sleep(for: patience)
                giveUp(LaboratoryError("\(program.name) did not end within \(patience.inTenths) s"))
            }
            do { try await reading } catch { giveUp(error) }
            // Streams that have ended are no sign that the program has.
            try await program.ended()
            alarm.cancel()
            _ = await alarm.result
        } onCancel: {
            program.killGroup()
        }
        let status = try program.reap()
        if let problem = problem.state { throw problem }
        // Who was killed for it may have ended its output first.
        try Task.checkCancellation()
        let written = output.state
        return FinishedProgram(
            status: status, lines: written.lines, messages: written.messages, calls: written.calls)
    }

    /// Starts a program between pipes. Its ends of them are closed here, so that theirs can be seen.
    private func start(
        _ command: [String], _ output: ConditionVariable<Program.Output>
    ) async throws -> (Program, OutputReader) {
        let (readEnd, input) = try InputEnd.pipe()
        let (lines, messages) = (try Pipe(), try Pipe())
        let process = try await StartingThread.start(
            in: network.number, command, environment: Self.environment.map { "\($0.key)=\($0.value)" },
            .init(input: readEnd, output: lines.writeEnd, messages: messages.writeEnd))
        let name = "\(command[0].split(separator: "/").last ?? "a program") on the \(side.rawValue)'s host"
        return (
            Program(name: name, process: process, output: output, input: input),
            OutputReader(lines: lines.readEnd, messages: messages.readEnd, output)
        )
    }

    /// Starts cat(1) with a socket of the laboratory's for its output, which is closed here.
    func startOwner(of socket: CInt) async throws -> Program {
        let (readEnd, input) = try InputEnd.pipe()
        let output = try OwnDescriptor("socket", socket)
        let nothing = try OwnDescriptor("open /dev/null", open("/dev/null", O_WRONLY | O_CLOEXEC))
        let process = try await StartingThread.start(
            in: network.number, ["cat"], environment: [], .init(input: readEnd, output: output, messages: nothing))
        return Program(name: "cat", process: process, output: ConditionVariable(.init()), input: input)
    }

    /// Where unshare and true are looked for, and programs that are named without a folder.
    package static let searchPath = "/usr/sbin:/usr/bin:/sbin:/bin"

    /// Nothing of the user's surroundings may change what the programs do.
    static let environment = ["LC_ALL": "C.UTF-8", "PATH": searchPath]
}
