import CLinux
import Glibc
import Recordings
import TCPSockets

/// A command of sh(1) that runs on a host as it would anywhere: with the user's environment, in the user's folder. It has no
/// keyboard: its input is /dev/null, and it has no terminal.
///
/// Whatever it starts goes with it, however often that has forked (`clinux_spawn_hosted`).
package final class HostedCommand: Sendable {
    package struct State: Sendable {
        /// Of the shell: its exit code, or 128 and the number of the signal that ended it; nil while it runs.
        package fileprivate(set) var status: Int32?
        /// Whether everything that it has started has ended too.
        package fileprivate(set) var isGone = false
        package fileprivate(set) var output = LastWords()
        package fileprivate(set) var messages = LastWords()
    }

    package let state = ConditionVariable(State())
    /// Its first process.
    private let process: pid_t

    fileprivate init(_ process: pid_t) {
        self.process = process
    }

    /// What it has started and what still runs, with the first process of its PID namespace.
    package var processes: [Int32] {
        func below(_ process: Int32) -> [Int32] {
            // proc(5), /proc/PID/task/TID/children.
            let children = SmallFile.firstLine(of: "/proc/\(process)/task/\(process)/children") ?? ""
            return [process] + children.split(separator: " ").compactMap { Int32($0) }.flatMap(below)
        }
        return below(process)
    }

    /// Asks everything in it to end, by SIGTERM; what has not within a time is killed.
    ///
    /// - Returns: Whether it ended when it was asked.
    package func end(within time: Duration) async throws -> Bool {
        signal(SIGTERM)
        do {
            try await state.until("the end of a command", within: time) { $0.isGone ? () : nil }
            return true
        } catch is NotSeen {
            await killAll()
            return false
        }
    }

    /// Kills everything in it, and waits until it is gone; also in a task that is cancelled.
    fileprivate func killAll() async {
        signal(SIGKILL)
        await Task { [state] in
            _ = try? await state.until("the end of a command that was killed", within: .seconds(60)) {
                $0.isGone ? () : nil
            }
        }.value
    }

    /// Signals its first process, whose number is nobody else's until it is reaped.
    private func signal(_ number: CInt) {
        state.read { if !$0.isGone { kill(process, number) } }
    }

    /// Reads what it writes and what its first process reports, to the end; then reaps that.
    fileprivate func watch(_ ends: Ends) {
        do {
            try read(ends)
        } catch {
            signal(SIGKILL)
        }
        var information = siginfo_t()
        while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        state.change { state in
            while waitpid(process, nil, 0) < 0, errno == EINTR {}
            // Without a report its shell was killed.
            state.status = state.status ?? 128 + SIGKILL
            state.isGone = true
        }
    }

    /// The reading ends of its pipes.
    fileprivate struct Ends: Sendable {
        let output, messages, reports: OwnDescriptor
    }

    private func read(_ ends: Ends) throws {
        var open: [OwnDescriptor?] = [ends.output, ends.messages, ends.reports]
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while open.contains(where: { $0 != nil }) {
            for index in try wait(for: open.map { $0.map { .input($0.number) } ?? .nothing }) {
                guard let descriptor = open[index] else { continue }
                let count = Glibc.read(descriptor.number, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 {
                    open[index] = nil
                } else {
                    take(buffer[..<count], from: index)
                }
            }
        }
    }

    private func take(_ bytes: ArraySlice<UInt8>, from index: Int) {
        state.change { state in
            switch index {
            case 0: state.output.append(bytes)
            case 1: state.messages.append(bytes)
            default:
                guard let report = HostedReport(bytes), report.kind == CLINUX_HOSTED_ENDED else { return }
                let signal = report.value & 0x7F
                state.status = signal == 0 ? (report.value >> 8) & 0xFF : 128 + signal
            }
        }
    }
}

extension Host {
    /// Runs a command of sh(1) as long as a block runs; what is left of it is killed then.
    ///
    /// - Parameters:
    ///   - environment: In addition to the user's.
    ///   - hosts: Its `/etc/hosts`.
    /// - Throws: What the block throws; `LaboratoryError`.
    package func withCommand<R: Sendable>(
        _ command: String, _ environment: [String: String], hosts: String,
        _ body: @Sendable (HostedCommand) async throws -> R
    ) async throws -> R {
        let (running, ends) = try await start(command, Self.environment(with: environment), hosts: hosts)
        try detachThread { running.watch(ends) }
        let result: Result<R, any Error>
        do { result = .success(try await body(running)) } catch { result = .failure(error) }
        await running.killAll()
        return try result.get()
    }

    /// Starts it between pipes, whose other ends are closed here when this returns.
    private func start(
        _ command: String, _ environment: [String], hosts: String
    ) async throws -> (HostedCommand, HostedCommand.Ends) {
        let nothing = try OwnDescriptor("open /dev/null", open("/dev/null", O_RDWR | O_CLOEXEC))
        let (output, messages, reports) = (try Pipe(), try Pipe(), try Pipe())
        let process = try await StartingThread.start(
            in: network.number, hosts: hosts, command: command, environment,
            .init(input: nothing, output: output.writeEnd, messages: messages.writeEnd), reports)
        return (
            HostedCommand(process),
            .init(output: output.readEnd, messages: messages.readEnd, reports: reports.readEnd)
        )
    }

    /// The user's, and more.
    private static func environment(with more: [String: String]) -> [String] {
        var variables: [String] = []
        var next = environ
        while let variable = next.pointee {
            variables.append(String(cString: variable))
            next += 1
        }
        let own = variables.filter { variable in !more.keys.contains { variable.hasPrefix("\($0)=") } }
        return own + more.map { "\($0.key)=\($0.value)" }
    }
}

/// What a program has written last.
package struct LastWords: Sendable {
    private static let limit = 4096
    private var bytes: [UInt8] = []
    /// How many bytes it has written in all.
    package private(set) var count = 0

    mutating func append(_ more: ArraySlice<UInt8>) {
        count += more.count
        bytes += more.suffix(Self.limit)
        if bytes.count > Self.limit { bytes.removeFirst(bytes.count - Self.limit) }
    }

    /// The last lines that have anything in them.
    package func lines(_ number: Int) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
            .filter { !$0.allSatisfy(\.isWhitespace) }.suffix(number)
    }
}
