internal import Glibc
internal import Subprocess
internal import SystemPackage
internal import TCPSockets

/// The answerer of one conversation: a process that reads a question a line and writes an answer a line.
///
/// Its pipes are polled by the event loop of the conversation, so a process that hangs keeps nobody else
/// waiting. Starting and reaping it is left to Subprocess.
final class CoProcess {
    enum Outcome {
        case nothing
        case answer(String)
        case failed(String)
        /// There is more to read, after the others have had their turn.
        case again
    }

    private let input: FileDescriptor
    private let output: FileDescriptor
    private let task: Task<Void, Never>
    private let maximumAnswer: Int
    private var unwritten: ArraySlice<UInt8> = []
    private var unread: [UInt8] = []
    /// How many bytes of `unread` are known to hold no newline.
    private var searched = 0
    private static let readSize = 65_536
    private static let readsPerTurn = 4

    /// - Parameters:
    ///   - command: Run by `/bin/sh -c`.
    ///   - maximumAnswer: The longest answer in bytes.
    ///   - running: Told when the process begins and ends, so that the server can wait for its end.
    init(command: String, maximumAnswer: Int, running: Running) throws {
        let toChild = try FileDescriptor.pipe()
        let fromChild: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
        do {
            fromChild = try FileDescriptor.pipe()
        } catch {
            try? toChild.readEnd.close()
            try? toChild.writeEnd.close()
            throw error
        }
        input = toChild.writeEnd
        output = fromChild.readEnd
        self.maximumAnswer = maximumAnswer
        for end in [input, output] {
            _ = fcntl(end.rawValue, F_SETFL, O_NONBLOCK)
            _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC)
        }
        var options = PlatformOptions()
        // A session of its own: what the shell starts ends with the shell, and not with the operator's Ctrl-C.
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
            .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500)),
        ]
        let platformOptions = options
        running.began()
        task = Task {
            _ = try? await run(
                .path("/bin/sh"), arguments: ["-c", command], platformOptions: platformOptions,
                input: .fileDescriptor(toChild.readEnd, closeAfterSpawningProcess: true),
                output: .fileDescriptor(fromChild.writeEnd, closeAfterSpawningProcess: true),
                error: .currentStandardError)
            running.ended()
        }
    }

    /// The loop polls this for answers …
    var outputDescriptor: CInt { output.rawValue }
    /// … and this for room, while a question is not written whole.
    var inputDescriptor: CInt { input.rawValue }

    /// Hands over a question. Line ends inside it become blanks: it is to be one line.
    func ask(_ question: String) -> Outcome {
        unwritten += question.utf8.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
        unwritten.append(UInt8(ascii: "\n"))
        return writable()
    }

    /// Writes on, when there is room in the pipe.
    func writable() -> Outcome {
        while !unwritten.isEmpty {
            let count = unwritten.withUnsafeBytes { write(input.rawValue, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN { return .nothing }
                return .failed("the answering process has closed its input")
            }
            unwritten = unwritten.dropFirst(count)
        }
        return .nothing
    }

    /// Reads on, until there is a line or nothing more for now.
    func readable() -> Outcome {
        for _ in 0..<Self.readsPerTurn {
            if let newline = unread[searched...].firstIndex(of: UInt8(ascii: "\n")) { return takeLine(newline) }
            searched = unread.count
            if searched > maximumAnswer { return .failed("the answering process wrote too long a line") }
            unread.reserveCapacity(searched + Self.readSize)
            var chunk = [UInt8](repeating: 0, count: Self.readSize)
            let count = chunk.withUnsafeMutableBytes { read(output.rawValue, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return .nothing }
            if count <= 0 { return .failed("the answering process has ended") }
            unread += chunk[..<count]
        }
        return .again
    }

    private func takeLine(_ newline: Int) -> Outcome {
        var line = unread[..<newline]
        unread.removeSubrange(...newline)
        searched = 0
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        if line.count > maximumAnswer { return .failed("the answering process wrote too long a line") }
        guard let text = String(validating: line, as: UTF8.self) else {
            return .failed("the answering process wrote something that is not UTF-8")
        }
        return .answer(text)
    }

    /// Closes the pipes and ends the process, kindly at first.
    func end() {
        try? input.close()
        try? output.close()
        task.cancel()
    }
}
